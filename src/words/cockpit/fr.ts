import type { CockpitCatalogue } from './catalogue.ts';
import { certificatesFr } from './certificates-fr.ts';
import { doorFr } from './door-fr.ts';
import { findingsFr } from './findings-fr.ts';
import { inventoryFr } from './inventory-fr.ts';
import { operatorsFr } from './operators-fr.ts';
import { peopleFr } from './people-fr.ts';
import { portalFr } from './portal-fr.ts';
import { preparedFr } from './prepared-fr.ts';
import { roadFr } from './road-fr.ts';
import { runsFr } from './runs-fr.ts';
import { settingsFr } from './settings-fr.ts';
import { shellFr } from './shell-fr.ts';
import { wavesFr } from './waves-fr.ts';

/** What the cockpit says in French, one part per area. */
export const cockpitFr: CockpitCatalogue = {
  shell: shellFr,
  door: doorFr,
  road: roadFr,
  people: peopleFr,
  prepared: preparedFr,
  waves: wavesFr,
  runs: runsFr,
  findings: findingsFr,
  certificates: certificatesFr,
  inventory: inventoryFr,
  operators: operatorsFr,
  portal: portalFr,
  settings: settingsFr,
};
