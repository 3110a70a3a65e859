import { Trouble } from '../../trouble.ts';
import type { Folder } from '../entry.ts';
import type { Landed, Parcel, Place, Refused, Target } from '../target.ts';

/**
 * A target that answers as the one inside would, as far as can be known beforehand, and touches nothing. Reading goes
 * through: what is there already can be merged with.
 */
export function dryTarget(target: Target): Target {
  const invented = new Map<string, Place>();
  /** Nothing is made, so one listing is enough. */
  let listing: Folder[] | null = null;
  return {
    name: target.name,
    get traits() {
      return { ...target.traits, tellsKey: false };
    },
    ready: (much) => target.ready?.(much),
    folders: () => target.folders(),
    async *entries(folder, since) {
      if (!invented.has(folder.handle)) yield* target.entries(folder, since);
    },
    async *read(folder, keys, hold) {
      if (!invented.has(folder.handle)) yield* target.read(folder, keys, hold);
      else
        for (const key of keys)
          yield { is: 'unread', key, trouble: new Trouble('missing', { tried: 'read-message', on: key }) };
    },
    async prepare(path, role, subscribe) {
      const wanted = JSON.stringify(path);
      listing ??= await target.folders();
      const there = listing.find((folder) => JSON.stringify(folder.path) === wanted);
      if (there) return { ...there, keeps: 'any' };
      const handle = `dry:${wanted}`;
      const place = invented.get(handle) ?? inventPlace(path, handle, role, subscribe);
      invented.set(handle, place);
      return place;
    },
    async *put(_place, parcels) {
      for (const parcel of parcels) yield judge(parcel, target.traits.messageMaxBytes);
    },
    mark: async (_place, changes) => changes.map(({ key }) => ({ key, is: 'marked' })),
    async withdraw() {},
    quota: () => target.quota(),
    close: () => target.close(),
  };
}

function inventPlace(
  path: readonly string[],
  handle: string,
  role: Place['role'],
  subscribed: boolean,
): Place {
  return {
    ...{ path, handle, role, roleBy: role === null ? null : 'name', selectable: true, subscribed },
    ...{ messages: 0, state: null, position: null, keeps: 'any' },
  };
}

function judge({ step, body }: Parcel, messageMaxBytes: number | null): Landed | Refused {
  if (messageMaxBytes === null || body.size <= messageMaxBytes) return { is: 'landed', step, key: null };
  const answer = `${body.size} bytes, ${messageMaxBytes} allowed`;
  return {
    is: 'refused',
    step,
    trouble: new Trouble('refused', { tried: 'store-message', on: String(step), answer }),
  };
}
