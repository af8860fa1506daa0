import { describe, expect, test } from 'vitest'
import { type Master, ownsSlot, parseMasters } from '../../../src/redis/cluster-nodes.js'

const TAIL = 'master - 0 1426238316232 2 connected'

const ASKED = { host: 'asked.example', dialled: new Set(['10.0.0.1']) }

/** The masters of one line, without their ids. */
function of(line: string): Omit<Master, 'id'>[] {
  return parseMasters(line, ASKED).map(({ host, port, ranges }) => ({ host, port, ranges }))
}

describe('parseMasters', () => {
  const at = { host: '10.0.0.1', port: 7_001 }

  test.each<[title: string, line: string, masters: Omit<Master, 'id'>[]]>([
    ['a range', `a 10.0.0.1:7001@17001 ${TAIL} 0-5460`, [{ ...at, ranges: [[0, 5_460]] }]],
    [
      'ranges and single slots',
      `a 10.0.0.1:7001@17001 myself,${TAIL} 0-9 11 20-30`,
      [
        {
          ...at,
          ranges: [
            [0, 9],
            [11, 11],
            [20, 30],
          ],
        },
      ],
    ],
    ['no slots at all', `a 10.0.0.1:7001@17001 ${TAIL}`, [{ ...at, ranges: [] }]],
    [
      'slots that leave',
      `a 10.0.0.1:7001@17001 ${TAIL} 0-9 [3->-b] [0->-b] [9->-b] [4->-c]`,
      [
        {
          ...at,
          ranges: [
            [1, 2],
            [5, 8],
          ],
        },
      ],
    ],
    ['its only slot leaving', `a 10.0.0.1:7001@17001 ${TAIL} 7 [7->-b]`, [{ ...at, ranges: [] }]],
    [
      'a slot that comes in',
      `a 10.0.0.1:7001@17001 ${TAIL} 0-9 [77-<-b]`,
      [{ ...at, ranges: [[0, 9]] }],
    ],
    ['its first slot coming in', `a 10.0.0.1:7001@17001 ${TAIL} [77-<-b]`, [{ ...at, ranges: [] }]],
    [
      'one that may have failed',
      `a 10.0.0.1:7001@17001 master,fail? - 0 1 2 disconnected 0-9`,
      [{ ...at, ranges: [[0, 9]] }],
    ],
    [
      'one that nobody can fail over',
      `a 10.0.0.1:7001@17001 master,nofailover - 0 1 2 connected`,
      [{ ...at, ranges: [] }],
    ],
    ['one that has failed', `a 10.0.0.1:7001@17001 master,fail - 0 1 2 disconnected 0-9`, []],
    ['one that is being met', `a 10.0.0.1:7001@0 master,handshake - 0 1 2 connected`, []],
    ['one without an address', `a :0@0 master,noaddr - 1 1 2 disconnected 0-9`, []],
    ['a replica', `a 10.0.0.1:7001@17001 slave b 0 1 2 connected`, []],
    ['a replica that answers', `a 10.0.0.1:7001@17001 myself,slave b 0 1 2 connected`, []],
    [
      'a name beside the address (7.0)',
      `a 10.0.0.1:7001@17001,shop.example ${TAIL} 1`,
      [{ ...at, ranges: [[1, 1]] }],
    ],
    [
      'an empty name, and more behind it (7.2)',
      `a 10.0.0.1:7001@17001,,tls-port=0,shard-id=x:1@2 ${TAIL} 1`,
      [{ ...at, ranges: [[1, 1]] }],
    ],
    ['no bus port (3.x)', `a 10.0.0.1:7001 ${TAIL} 1`, [{ ...at, ranges: [[1, 1]] }]],
    [
      'IPv6',
      `a 2001:db8::1:7001@17001 ${TAIL}`,
      [{ host: '2001:db8::1', port: 7_001, ranges: [] }],
    ],
    [
      'a node that does not know its address',
      `a :7001@17001 myself,${TAIL} 1`,
      [{ host: 'asked.example', port: 7_001, ranges: [[1, 1]] }],
    ],
    ['nothing', '', []],
    ['something else', 'ERR unknown command', []],
  ])('understands %s', (_, line, masters) => {
    expect(of(line)).toEqual(masters)
  })

  test('takes every line, with any end', () => {
    const lines = [
      `a 10.0.0.1:7001@17001 ${TAIL} 0-5`,
      `b 10.0.0.2:7002@17002 slave a 0 1 2 connected`,
      `c 10.0.0.3:7003@17003 ${TAIL}`,
      '',
    ]
    for (const end of ['\n', '\r\n']) {
      expect(parseMasters(lines.join(end), ASKED).map(({ id, port }) => `${id} ${port}`)).toEqual([
        'a 7001',
        'c 7003',
      ])
    }
  })
})

test.each<[title: string, dialled: readonly string[], hosts: readonly string[]]>([
  ['addresses, where these are dialled', ['10.0.0.1'], ['10.0.0.1', '10.0.0.2', '10.0.0.3']],
  ['names, where one of them is dialled', ['a.example'], ['a.example', 'b.example', '10.0.0.3']],
])('hosts are %s', (_, dialled, hosts) => {
  const lines = [
    `a 10.0.0.1:7001@17001,a.example ${TAIL} 0-5`,
    `b 10.0.0.2:7002@17002,b.example,shard-id=1 ${TAIL}`,
    `c 10.0.0.3:7003@17003 ${TAIL}`,
  ]
  const asked = { host: '', dialled: new Set(dialled) }
  expect(parseMasters(lines.join('\n'), asked).map(({ host }) => host)).toEqual(hosts)
})

test('ownsSlot counts both ends', () => {
  const [master] = parseMasters(`a h:1@2 ${TAIL} 5-7 9`, ASKED) as [Master]
  expect([4, 5, 6, 7, 8, 9, 10].filter((slot) => ownsSlot(master, slot))).toEqual([5, 6, 7, 9])
})
