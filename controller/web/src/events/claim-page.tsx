import { Box, Button } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { words } from '../event-words/index.js';
import { ask, cookieSession } from '../http/index.js';
import { useSession } from '../session/index.js';
import { Note, PageTitle, Refusal, Soft } from '../shell/index.js';

/** From a walk-in's card: the entry becomes an account of their own. Opening it alone uses nothing up. */
export default function ClaimPage() {
  const { signIn } = useSession();
  const [, go] = useLocation();
  const [key] = useState(() => window.location.hash.slice(1));
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (key === '') return <Note title={words.accounts.noKey}>{words.accounts.noKeySays}</Note>;
  const claim = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await ask('/api/v1/people/claim', { method: 'POST', token: null, body: { key } });
      signIn(cookieSession);
      go('/account', { replace: true });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Box w="100%" maw="28rem" mx="auto">
      <PageTitle>{words.events.claim}</PageTitle>
      <Soft>{words.events.claimSays}</Soft>
      <Soft>{words.events.becomesPublic}</Soft>
      <Refusal>{refusal}</Refusal>
      <Button size="lg" mt="sm" disabled={busy} onClick={() => void claim()}>
        {words.events.claimIt}
      </Button>
    </Box>
  );
}
