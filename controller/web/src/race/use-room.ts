import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** Where the page is one screen that nobody scrolls; below it is a column for a phone. The style sheets say the same. */
const oneScreen = '(min-width: 64rem)';

/** How high an element is, in rem; all there can be where the page scrolls. */
export function useRoom<Element extends HTMLElement>(): {
  readonly ref: RefObject<Element | null>;
  readonly room: number;
} {
  const ref = useRef<Element>(null);
  const [room, setRoom] = useState(Number.POSITIVE_INFINITY);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const wide = window.matchMedia(oneScreen);
    const measure = () => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setRoom(wide.matches ? element.clientHeight / rem : Number.POSITIVE_INFINITY);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    wide.addEventListener('change', measure);
    return () => {
      observer.disconnect();
      wide.removeEventListener('change', measure);
    };
  }, []);
  return { ref, room };
}
