import { Button, Menu } from '@mantine/core';
import { useServiceRole } from '../http/index.js';
import { useLiveClient } from '../live/index.js';
import { words } from '../words/index.js';
import { roleText, useAccount } from './account.js';
import { useSession } from './session.js';

/** Who is signed in, on every page, and the way out; nothing where nobody is. */
export function AccountMenu() {
  const client = useLiveClient();
  const role = useServiceRole();
  const { token, signOut } = useSession();
  const { data: account } = useAccount(token);
  if (account === undefined) return null;
  const leave = () => {
    signOut();
    if (role !== 'all') return;
    // The live connection knows who was here: it begins anew.
    client.stop();
    client.start();
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="xs">
          {account.name} · {roleText(account.role)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={leave}>{words.common.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
