import { type ComponentType, useEffect, useState } from 'react';
import { words } from '../words/index.js';
import { Note } from './note.js';

/**
 * A page whose code is fetched when it is first shown. React's `lazy` in a `Suspense` would leave what stands in its place there for
 * 300 ms, however soon the code has come: it holds back what replaces a fallback.
 */
export function lazyPage<Props extends object>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function LazyPage(props: Props) {
    const [Page, setPage] = useState(() => loaded);
    const [failure, setFailure] = useState<unknown>();
    useEffect(() => {
      load().then(({ default: page }) => {
        loaded = page;
        setPage(() => page);
      }, setFailure);
    }, []);
    if (failure !== undefined) throw failure;
    return Page === undefined ? <Note title={words.common.oneMoment} /> : <Page {...props} />;
  };
}
