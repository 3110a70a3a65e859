/**
 * The keys of a listing, in batches, once it was told to its end. An open listing holds a connection and whoever reads
 * beside it needs another: were both open at once, all connections could be held by listings that wait for their readers.
 */
export async function* keyBatches(
  entries: AsyncIterable<{ key: string }>,
  size: number,
): AsyncGenerator<string[]> {
  const keys: string[] = [];
  for await (const { key } of entries) keys.push(key);
  for (let at = 0; at < keys.length; at += size) yield keys.slice(at, at + size);
}
