import type { Project } from '../../../app/project/project.ts';
import { stageOf, waveActs, waveView } from '../../../app/project/waves.ts';
import type { Id } from '../../../records/facts.ts';
import type { GateState } from '../../../waves/gates.ts';
import type { WaveDetail, waveRoutes } from '../../contract/waves.ts';
import type { Handlers } from '../handler.ts';

/** Waves: who moves together, what must be met, go or no-go, start to end. */
export function waveHandlers(project: Project): Handlers<keyof typeof waveRoutes> {
  const { records, runs, live } = project;
  const acts = waveActs(project);
  const detail = (organisation: Id, wave: Id) => detailOf(project, organisation, wave);
  return {
    'GET /organisations/{organisation}/waves': ({ params }) => wavesOf(project, params.organisation),
    async 'POST /organisations/{organisation}/waves'({ asker, params, body }) {
      const { id } = await records.write(asker.name, (change) => change.addWave(params.organisation, body));
      live.changed(params.organisation, 'waves');
      return (await wavesOf(project, params.organisation)).find((wave) => wave.id === id)!;
    },
    async 'PUT /organisations/{organisation}/waves/order'({ asker, params, body }) {
      const { organisation } = params;
      await acts.inTurn(organisation, () =>
        records.write(asker.name, (change) => change.orderWaves(organisation, body.waves)),
      );
      live.changed(params.organisation, 'waves');
      return wavesOf(project, params.organisation);
    },
    'GET /organisations/{organisation}/waves/{wave}': ({ params }) =>
      detail(params.organisation, params.wave),
    async 'PATCH /organisations/{organisation}/waves/{wave}'({
      asker,
      params,
      body: { version, ...changes },
    }) {
      const { organisation, wave } = params;
      await acts.inTurn(organisation, () =>
        records.write(asker.name, (change) => change.changeWave(organisation, wave, version, changes)),
      );
      live.changed(organisation, 'waves');
      return detail(organisation, wave);
    },
    async 'DELETE /organisations/{organisation}/waves/{wave}'({ asker, params }) {
      await records.write(asker.name, (change) => change.removeWave(params.organisation, params.wave));
      live.changed(params.organisation, 'waves');
    },
    async 'POST /organisations/{organisation}/waves/{wave}/people'({ asker, params, body }) {
      const { organisation, wave } = params;
      await acts.inTurn(organisation, () =>
        records.write(asker.name, (change) => change.assign(organisation, body.people, wave)),
      );
      live.changed(organisation, 'waves', 'people');
      return detail(organisation, wave);
    },
    async 'POST /organisations/{organisation}/waves/none/people'({ asker, params, body }) {
      const { organisation } = params;
      await acts.inTurn(organisation, () =>
        records.write(asker.name, (change) => change.assign(organisation, body.people, null)),
      );
      live.changed(organisation, 'waves', 'people');
    },
    async 'PUT /organisations/{organisation}/waves/{wave}/gates/{gate}'({ asker, params, body }) {
      const { organisation, wave, gate } = params;
      await acts.tick(asker.name, organisation, wave, gate, body.is, body.note);
      return detail(organisation, wave);
    },
    async 'POST /organisations/{organisation}/waves/{wave}/decision'({ asker, params, body }) {
      const { organisation, wave } = params;
      await acts.decide(asker.name, organisation, wave, body.version, body.go, body.note);
      return detail(organisation, wave);
    },
    async 'POST /organisations/{organisation}/waves/{wave}/start'({ asker, params, body }) {
      await acts.start(asker.name, params.organisation, params.wave, body.version);
      return detail(params.organisation, params.wave);
    },
    async 'POST /organisations/{organisation}/waves/{wave}/pause'({ asker, params, body }) {
      await acts.pause(asker.name, params.organisation, params.wave, body.version);
      return detail(params.organisation, params.wave);
    },
    async 'POST /organisations/{organisation}/waves/{wave}/resume'({ asker, params, body }) {
      await acts.resume(asker.name, params.organisation, params.wave, body.version);
      return detail(params.organisation, params.wave);
    },
    async 'POST /organisations/{organisation}/waves/{wave}/pass'({ asker, params, body }) {
      await acts.pass(asker.name, params.organisation, params.wave, body.version, body.kind);
      return detail(params.organisation, params.wave);
    },
    async 'POST /organisations/{organisation}/waves/{wave}/end'({ asker, params, body }) {
      await acts.end(asker.name, params.organisation, params.wave, body.version);
      return detail(params.organisation, params.wave);
    },
    async 'POST /organisations/{organisation}/waves/{wave}/roll-back'({ asker, params, body }) {
      await acts.rollBack(asker.name, params.organisation, params.wave, body.version, body.note);
      return detail(params.organisation, params.wave);
    },
    async 'POST /organisations/{organisation}/waves/{wave}/check'({ params }) {
      const { people } = await waveView(project, params.organisation, params.wave);
      return {
        asked: await runs.check(
          params.organisation,
          people.map(({ id }) => id),
        ),
      };
    },
  };
}

async function wavesOf({ records, live }: Project, organisation: Id) {
  const [waves, sums] = [await records.waves(organisation), await records.sums(organisation)];
  const moves = live.moves(organisation);
  return waves.map((wave) => {
    const own = moves.filter((move) => move.wave === wave.id);
    return {
      ...wave,
      stage: stageOf(
        wave,
        sums.find((one) => one.wave === wave.id),
        own,
        null,
      ),
    };
  });
}

async function detailOf(project: Project, organisation: Id, id: Id): Promise<WaveDetail> {
  const { people, gates, fit, ...wave } = await waveView(project, organisation, id);
  const names = new Map(people.map((person) => [person.id, person.displayName]));
  const { estimate, verdict, remedies } = fit;
  return {
    ...wave,
    gates: gates.map(shownGate),
    estimate: estimate && {
      ...estimate,
      longest: estimate.longest.map(({ person, latestMs, highBytes, capDays }) => ({
        ...{ person, name: names.get(person) ?? '', latestMs, highBytes, capDays },
      })),
    },
    fit: { verdict, remedies },
  };
}

function shownGate({ code, when, how, state, count, of, lacking, because, tick }: GateState) {
  return {
    ...{ code, when, how, state, count, of, lacking, because },
    ...{ by: tick?.by ?? null, atMs: tick?.atMs ?? null, note: tick?.note ?? null },
  };
}
