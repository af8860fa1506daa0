/** C's `%.<digits>g`: what Lua 5.1 prints (14 digits), and what Redis makes of a number among the arguments (17). */
export function formatNumber(value: number, digits: number): string {
  if (Number.isNaN(value)) return '-nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const [mantissa = '', power = ''] = value.toExponential(digits - 1).split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < digits) {
    return withoutZeros(value.toFixed(digits - 1 - exponent))
  }
  const sign = exponent < 0 ? '-' : '+'
  return `${withoutZeros(mantissa)}e${sign}${`${Math.abs(exponent)}`.padStart(2, '0')}`
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
