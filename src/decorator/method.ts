/** A method before and after it is decorated. */
export type Method = (this: unknown, ...args: unknown[]) => unknown

/** A method that returns a promise, whatever else it is. */
export type AsyncMethod = (this: never, ...args: never) => Promise<unknown>
