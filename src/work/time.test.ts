import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type Moment, momentsOf, NO_MOMENT } from './time.ts';
import { handClock } from './work.suite.ts';

it('the time begins with the wall clock and goes on without it', () => {
  const clock = handClock();
  const momentAfter = momentsOf(clock, NO_MOMENT);
  const start = momentAfter(NO_MOMENT);
  assert.equal(start.timeMs, clock.wallMs());
  clock.set(-1000);
  clock.pass(10);
  assert.deepEqual(momentAfter(start), { wallMs: start.wallMs - 990, timeMs: start.timeMs + 10 });
});

it('while nobody had the store open it followed the wall clock, but never back', () => {
  const clock = handClock();
  const remembered = { wallMs: clock.wallMs() - 3000, timeMs: 500 };
  assert.equal(momentsOf(clock, remembered)(remembered).timeMs, 3500);
  clock.set(-10_000);
  const momentAfter = momentsOf(clock, remembered);
  assert.equal(momentAfter(remembered).timeMs, 500);
  clock.pass(7);
  assert.equal(
    momentAfter(remembered).timeMs,
    507,
    'it does not stand still until the wall clock has come back',
  );
});

it('what another process remembered stands, and time goes on from there', () => {
  const clock = handClock();
  const momentAfter = momentsOf(clock, NO_MOMENT);
  const { wallMs, timeMs } = momentAfter(NO_MOMENT);
  const ahead = { wallMs, timeMs: timeMs + 60_000 };
  assert.equal(momentAfter(ahead).timeMs, ahead.timeMs);
  clock.pass(5);
  assert.equal(momentAfter(ahead).timeMs, ahead.timeMs + 5);
});

it('whatever is done to the clock, processes agree, and their time passes as it does', () => {
  const happening = fc.record({
    pass: fc.nat(1000),
    set: fc.integer({ min: -1e9, max: 1e9 }),
    who: fc.nat(2),
  });
  const property = fc.property(fc.array(happening, { size: 'max', maxLength: 100 }), (happenings) => {
    const clock = handClock();
    let remembered: Moment = momentsOf(clock, NO_MOMENT)(NO_MOMENT);
    const processes = [0, 1, 2].map(() => momentsOf(clock, remembered));
    for (const { pass, set, who } of happenings) {
      clock.set(set);
      clock.pass(pass);
      const now = processes[who]!(remembered);
      assert.equal(now.timeMs, remembered.timeMs + pass);
      remembered = now;
    }
  });
  fc.assert(property);
});
