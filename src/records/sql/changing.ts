import type { Change, Reading } from '../records.ts';
import {
  addAccount,
  changeAccount,
  noteAmount,
  noteCheck,
  noteSurvey,
  removeAccount,
  sealSecret,
} from './change-accounts.ts';
import { addOperator, changeOperator, noteAudit, setSetting } from './change-operators.ts';
import { acceptFindings, addPass, noteFindings, notePass } from './change-passes.ts';
import {
  addGroup,
  addPerson,
  assign,
  changeGroup,
  changePerson,
  removeGroup,
  removePerson,
} from './change-people.ts';
import {
  addOrganisation,
  addSite,
  addWave,
  changeOrganisation,
  changeSite,
  changeWave,
  decide,
  orderWaves,
  removeSite,
  removeWave,
  tick,
  untick,
} from './change-road.ts';
import type { Doing } from './doing.ts';

/** Does a verb as a whole or not at all, one after the other. */
export type Act = <T>(verb: (doing: Doing) => Promise<T>) => Promise<T>;

/** The verbs that change something, within the transaction that `act` gives them. */
export function changingOf(reading: Reading, act: Act): Change {
  /** Every verb takes what it works in, then what it is told. */
  const verb =
    <A extends unknown[], T>(work: (doing: Doing, ...told: A) => Promise<T>) =>
    (...told: A): Promise<T> =>
      act((doing) => work(doing, ...told));
  return {
    ...reading,
    addOrganisation: verb(addOrganisation),
    changeOrganisation: verb(changeOrganisation),
    addSite: verb(addSite),
    changeSite: verb(changeSite),
    removeSite: verb(removeSite),
    addWave: verb(addWave),
    changeWave: verb(changeWave),
    orderWaves: verb(orderWaves),
    removeWave: verb(removeWave),
    decide: verb(decide),
    tick: verb(tick),
    untick: verb(untick),
    addPerson: verb(addPerson),
    changePerson: verb(changePerson),
    removePerson: verb(removePerson),
    assign: verb(assign),
    addGroup: verb(addGroup),
    changeGroup: verb(changeGroup),
    removeGroup: verb(removeGroup),
    addAccount: verb(addAccount),
    changeAccount: verb(changeAccount),
    removeAccount: verb(removeAccount),
    sealSecret: verb(sealSecret),
    noteCheck: verb(noteCheck),
    noteAmount: verb(noteAmount),
    noteSurvey: verb(noteSurvey),
    addPass: verb(addPass),
    notePass: verb(notePass),
    noteFindings: verb(noteFindings),
    acceptFindings: verb(acceptFindings),
    addOperator: verb(addOperator),
    changeOperator: verb(changeOperator),
    setSetting: verb(setSetting),
    noteAudit: verb(noteAudit),
  };
}
