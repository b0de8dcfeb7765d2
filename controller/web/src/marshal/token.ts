import { useState } from 'react';

const place = 'pitwall-marshal-token';

/** The marshal's token. It lives as long as the tab does, and is in no address, no log and no other tab. */
export function useToken(): { token: string | null; keep: (token: string) => void; forget: () => void } {
  const [token, setToken] = useState(() => sessionStorage.getItem(place));
  return {
    token,
    keep: (given) => {
      sessionStorage.setItem(place, given);
      setToken(given);
    },
    forget: () => {
      sessionStorage.removeItem(place);
      setToken(null);
    },
  };
}
