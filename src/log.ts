/** Where a run tells its story. One line a step; warnings and notices also become annotations. */
export interface Log {
  info(line: string): void
  debug(line: string): void
  notice(line: string): void
  warning(line: string): void
  error(line: string): void
  group<T>(title: string, work: () => Promise<T>): Promise<T>
}
