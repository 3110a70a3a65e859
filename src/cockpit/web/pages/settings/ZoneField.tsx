import { Select } from '@mantine/core';
import { useMemo } from 'react';
import { useWords } from '../../words/words.tsx';
import { placeOf } from './HoursInWords.tsx';

interface ZoneFieldProps {
  value: string;
  onChange(zone: string): void;
  error?: string | undefined;
}

const SHOWN = 60;

/** Of this computer, for a site that is new. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A time zone, found by typing a city. */
export function ZoneField({ value, onChange, error }: ZoneFieldProps) {
  const { say } = useWords();
  const data = useMemo(() => {
    const known = Intl.supportedValuesOf('timeZone');
    const all = known.includes(value) ? known : [value, ...known];
    return all.map((zone) => ({ value: zone, label: labelOf(zone) }));
  }, [value]);
  return (
    <Select
      label={say('settings.site.zone')}
      description={say('settings.site.zone-hint')}
      nothingFoundMessage={say('settings.site.zone-none')}
      searchable
      allowDeselect={false}
      limit={SHOWN}
      maxDropdownHeight={280}
      data={data}
      value={value}
      error={error}
      onChange={(zone) => {
        if (zone !== null) onChange(zone);
      }}
    />
  );
}

/** `Paris · Europe · UTC+2`, as it is now. */
function labelOf(zone: string): string {
  const region = zone.split('/').slice(0, -1).join(', ').replaceAll('_', ' ');
  return [placeOf(zone), region, offsetOf(zone)].filter(Boolean).join(' · ');
}

function offsetOf(zone: string): string {
  try {
    const parts = new Intl.DateTimeFormat('en', {
      timeZone: zone,
      timeZoneName: 'shortOffset',
    }).formatToParts();
    return (parts.find(({ type }) => type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC');
  } catch {
    // Of a server that knows more zones than this browser.
    return '';
  }
}
