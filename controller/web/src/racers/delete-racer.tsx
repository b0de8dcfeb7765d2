import { Button, Group, Modal, Text } from '@mantine/core';
import { neutralName } from '@pitwall/protocol';
import type { RacerProfile } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Form } from '../forms/index.js';
import { ask } from '../http/index.js';
import { useAccount, useSession } from '../session/index.js';
import { Refusal } from '../shell/index.js';
import { words } from '../words/index.js';

/** What deleting somebody means, before it is done. */
export const WhatGoes = ({ racer }: { readonly racer: string }) => (
  <>
    <Text>{words.accounts.goes}</Text>
    <Text>{words.accounts.stays(neutralName(racer))}</Text>
    <Text>{words.accounts.staysElsewhere}</Text>
  </>
);

/** For administrators: a racer who has asked for it goes, with or without an account. */
export function DeleteRacer({ profile }: { readonly profile: RacerProfile }) {
  const { token } = useSession();
  const { data: account } = useAccount(token);
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const { racer, alias } = profile;
  if (token === null || account?.role !== 'administrator' || alias === neutralName(racer)) return null;
  const remove = () => {
    setBusy(true);
    ask(`/api/v1/racers/${encodeURIComponent(racer)}`, { method: 'DELETE', token })
      .then(
        () => {
          setAsking(false);
          return queries.resetQueries();
        },
        ({ message }: Error) => setRefusal(message),
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setAsking(true)}>
        {words.accounts.deleteRacer}
      </Button>
      {asking ? (
        <Modal
          opened
          onClose={() => setAsking(false)}
          title={words.accounts.deleteQuestion(alias)}
          withCloseButton={false}
        >
          <Form onSubmit={remove}>
            <Text>{words.accounts.deleteRacerSays}</Text>
            <WhatGoes racer={racer} />
            <Refusal>{refusal}</Refusal>
            <Group gap="xs">
              <Button type="submit" color="alarm" disabled={busy}>
                {words.accounts.deleteForGood}
              </Button>
              <Button variant="default" onClick={() => setAsking(false)}>
                {words.common.cancel}
              </Button>
            </Group>
          </Form>
        </Modal>
      ) : null}
    </>
  );
}
