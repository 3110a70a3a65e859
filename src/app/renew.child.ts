/** Renews the token of an account many times, beside others that do the same: DATA ADDRESS TIMES. */
import { parseAddress, type ServerAddress } from './address.ts';
import { consentedTokens } from './consented.ts';
import { dataFolder } from './data.ts';

const [data, address, times] = process.argv.slice(2);
const tokens = await consentedTokens(parseAddress(address!) as ServerAddress, dataFolder(data));
for (let n = 0; n < Number(times); n++) await tokens.token(await tokens.token());
