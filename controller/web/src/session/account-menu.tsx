import { Box, Button, Menu, Text } from '@mantine/core';
import { isPitwallError } from '@pitwall/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ask, cookieSession, useServiceRole } from '../http/index.js';
import { useLiveClient } from '../live/index.js';
import { words } from '../words/index.js';
import { notKnown, roleText, useAccount } from './account.js';
import { signInTo, useSession } from './session.js';

/** Who is signed in, on every page, and the way in and out. */
export function AccountMenu() {
  const client = useLiveClient();
  const queries = useQueryClient();
  const role = useServiceRole();
  const [location] = useLocation();
  const { token, signOut } = useSession();
  const { data: account, error } = useAccount(token);
  const [trouble, setTrouble] = useState(false);
  const isOver = token === cookieSession && isPitwallError(error) && error.code === 'access-unknown';
  useEffect(() => {
    if (isOver) signOut(notKnown(cookieSession));
  }, [isOver, signOut]);
  if (token === null)
    return (
      <Button component={Link} href={signInTo(location)} variant="default" size="xs">
        {words.session.signIn}
      </Button>
    );
  if (account === undefined) return null;
  const forget = () => {
    signOut();
    void queries.resetQueries();
    if (role !== 'all') return;
    // The live connection knows who was here: it begins anew.
    client.stop();
    client.start();
  };
  const leave = () => {
    if (token !== cookieSession) return forget();
    setTrouble(false);
    ask('/api/v1/session', { method: 'DELETE', token }).then(forget, () => setTrouble(true));
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="xs">
          {account.alias ?? account.name}
          <Box component="span" data-wide style={{ whiteSpace: 'pre' }}>
            {' · '}
            {roleText(account.role)}
          </Box>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {account.alias === undefined ? null : (
          <Menu.Item component={Link} href="/account">
            {words.session.yourAccount}
          </Menu.Item>
        )}
        {account.may.includes('organizer') ? (
          <Menu.Item component={Link} href="/people">
            {words.session.peopleAndTokens}
          </Menu.Item>
        ) : null}
        <Menu.Item onClick={leave} closeMenuOnClick={token !== cookieSession}>
          {words.session.signOut}
        </Menu.Item>
        {trouble ? <Text p="xs">{words.session.youAreStillSignedIn}</Text> : null}
      </Menu.Dropdown>
    </Menu>
  );
}
