import { useGoTo, useInAddress } from '../../components/PageLink.tsx';
import { type Filter, SHOWS, type Show } from './groups.ts';

/** What is filtered, and how it is changed: all of it stands in the address. */
export function useFilter() {
  const [show, setShow] = useInAddress('show');
  const [wave, setWave] = useInAddress('wave');
  const [person, setPerson] = useInAddress('person');
  const [is, setIs] = useInAddress('is');
  const [text, setText] = useInAddress('text');
  const filter: Filter = { show: SHOWS.find((one) => one === show) ?? 'open', wave, person, is, text };
  const setShowOrNone = (next: Show): void => setShow(next === 'open' ? undefined : next);
  const goTo = useGoTo();
  const clear = (): void => goTo('findings');
  return { filter, setShow: setShowOrNone, setWave, setPerson, setIs, setText, clear };
}
export type Filtering = ReturnType<typeof useFilter>;
