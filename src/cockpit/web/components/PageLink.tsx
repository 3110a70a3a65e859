import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';

type Search = Record<string, string | undefined>;

interface PageLinkProps {
  /** Path of a page of this organisation, as in `pages.ts`: ``, `people`, `waves/$wave`. */
  to: string;
  /** Values of its `$name` parts. */
  params?: Record<string, string>;
  search?: Search;
  className?: string | undefined;
  onClick?: () => void;
  'aria-current'?: 'page';
  children: ReactNode;
}

/** A link to another page of the same organisation. */
export function PageLink({ to, params, search, children, ...rest }: PageLinkProps) {
  const { organisation } = useParams({ strict: false }) as { organisation?: string };
  return (
    <Link
      to={`/o/$organisation/${to}`}
      params={{ organisation, ...params } as never}
      search={(search ?? {}) as never}
      // Else the road, whose address begins all others, would be where one is everywhere.
      activeOptions={{ exact: true, includeSearch: false }}
      {...rest}
    >
      {children}
    </Link>
  );
}

/** Goes to a page of the same organisation. */
export function useGoTo(): (to: string, params?: Record<string, string>, search?: Search) => void {
  const navigate = useNavigate();
  const { organisation } = useParams({ strict: false }) as { organisation?: string };
  return (to, params, search) =>
    void navigate({
      to: `/o/$organisation/${to}`,
      params: { organisation, ...params } as never,
      search: (search ?? {}) as never,
    });
}

/** A value of the page's own that stands in the address, so that a link shows the same: a filter, what is open. */
export function useInAddress(name: string): [string | undefined, (value: string | undefined) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const value = search[name];
  return [
    value === undefined ? undefined : String(value),
    (next) =>
      void navigate({
        to: '.',
        search: ((before: Search) => ({ ...before, [name]: next || undefined })) as never,
        replace: true,
        resetScroll: false,
      }),
  ];
}

/** A `$name` part of the address. */
export function usePathPart(name: string): string {
  return (useParams({ strict: false }) as Record<string, string | undefined>)[name] ?? '';
}
