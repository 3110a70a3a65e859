import { exampleFile, exportPeople, type TableToHandOut } from '../../../app/project/prepare-export.ts';
import { confirmed, corrected, judged, readImport } from '../../../app/project/prepare-session.ts';
import { openImports } from '../../../app/project/prepare-store.ts';
import { rowsOf, summaryOf } from '../../../app/project/prepare-view.ts';
import type { Project } from '../../../app/project/project.ts';
import type { peopleRoutes } from '../../contract/people.ts';
import type { Handlers } from '../handler.ts';
import { door } from '../shell/doors.ts';

type ImportRoutes = Extract<keyof typeof peopleRoutes, `${string}/import${string}` | `${string}/export`>;

/** A prepared file as large as it may be: the shell lets a body of this size through here (`bodyOf`). */
export const IMPORT_MAX_BYTES = 64 * 1024 * 1024;

/** The prepared file: read, looked through, corrected, written all or nothing; and given back. */
export function importHandlers(project: Project): Handlers<ImportRoutes> {
  const { live } = project;
  const imports = openImports();
  return {
    async 'GET /organisations/{organisation}/import/template'({ query, language }) {
      return handOut(exampleFile(query.language ?? language));
    },
    async 'GET /organisations/{organisation}/export'({ asker, params, query, language }) {
      const { as, language: wanted = language } = query;
      return handOut(await exportPeople(project, asker.name, params.organisation, as, wanted));
    },
    async 'POST /organisations/{organisation}/import'({ params, query, request }) {
      const bytes = await bodyOf(request);
      const one = await readImport(project, params.organisation, nameOf(query.name), bytes);
      imports.keep(one);
      return summaryOf(one);
    },
    async 'GET /organisations/{organisation}/import/{import}'({ params }) {
      const one = await judged(project, imports.find(params.organisation, params.import));
      imports.keep(one);
      return summaryOf(one);
    },
    async 'GET /organisations/{organisation}/import/{import}/rows'({ params, query }) {
      return rowsOf(imports.find(params.organisation, params.import), query);
    },
    async 'PATCH /organisations/{organisation}/import/{import}/rows/{line}'({ params, body }) {
      const before = imports.find(params.organisation, params.import);
      const line = /^\d{1,9}$/.test(params.line) ? Number(params.line) : -1;
      const one = await corrected(project, before, line, body.cell, body.text);
      imports.keep(one);
      return summaryOf(one);
    },
    async 'POST /organisations/{organisation}/import/{import}/confirm'({ asker, params, body }) {
      const { organisation } = params;
      const one = imports.find(organisation, params.import);
      const counts = await confirmed(project, asker.name, one, body);
      imports.forget(one.id);
      live.changed(organisation, 'people', 'sites', 'waves', 'organisation');
      return counts;
    },
  };
}

/** The shell counts too; here nothing larger is ever held. Throws Trouble `malformed` of the door. */
async function bodyOf(request: Request): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = request.body;
  for await (const piece of body ?? []) {
    size += piece.length;
    if (size > IMPORT_MAX_BYTES)
      throw door('too-large', { detail: `${Math.round(IMPORT_MAX_BYTES / 1024 / 1024)} MB` });
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size);
}

/** Of a path, the last part; without what does not print. */
function nameOf(text: string): string {
  const last = text.split(/[\\/]/).at(-1) ?? '';
  return last.replace(/[\u0000-\u001f\u007f]/g, '').trim() || 'import';
}

function handOut({ name, type, bytes }: TableToHandOut): Response {
  const plain = name.normalize('NFKD').replace(/[^\w.-]/g, '');
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      'content-length': String(bytes.length),
    },
  });
}
