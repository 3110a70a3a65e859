import { certificatesEn } from './certificates-en.ts';
import { doorEn } from './door-en.ts';
import { findingsEn } from './findings-en.ts';
import { inventoryEn } from './inventory-en.ts';
import { operatorsEn } from './operators-en.ts';
import { peopleEn } from './people-en.ts';
import { portalEn } from './portal-en.ts';
import { preparedEn } from './prepared-en.ts';
import { roadEn } from './road-en.ts';
import { runsEn } from './runs-en.ts';
import { settingsEn } from './settings-en.ts';
import { shellEn } from './shell-en.ts';
import { wavesEn } from './waves-en.ts';

/** What the cockpit says in English, one part per area. */
export const cockpitEn = {
  shell: shellEn,
  door: doorEn,
  road: roadEn,
  people: peopleEn,
  prepared: preparedEn,
  waves: wavesEn,
  runs: runsEn,
  findings: findingsEn,
  certificates: certificatesEn,
  inventory: inventoryEn,
  operators: operatorsEn,
  portal: portalEn,
  settings: settingsEn,
};
