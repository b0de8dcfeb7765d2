import { Box, Button, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { isPitwallError } from '@pitwall/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { Form } from '../forms/index.js';
import { Banner } from '../shell/index.js';
import { words } from '../words/index.js';
import { accountKey, accountOf, type Needs, notAdmitted, unknownToken } from './account.js';
import { signInTo, useSession } from './session.js';

interface TokenFormProps {
  /** Where the form is all that the page shows. */
  readonly title?: string;
  readonly submit: string;
  /** What the page is for; without, anybody's token will do. */
  readonly needs?: Needs;
  /** Why it is asked again. */
  readonly why?: string | null;
  readonly children: ReactNode;
}

/** Asks who this is, and takes only a token that the server knows and that is good for this page. */
export function TokenForm({ title, submit, needs, why, children }: TokenFormProps) {
  const { signIn, refused } = useSession();
  const queries = useQueryClient();
  const [location] = useLocation();
  const [text, setText] = useState('');
  const [isAsking, setAsking] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(why ?? refused);
  const check = async (token: string) => {
    setAsking(true);
    setRefusal(null);
    try {
      const account = await accountOf(token, AbortSignal.timeout(patience));
      const not = notAdmitted(account, needs);
      setRefusal(not);
      if (not !== null) return;
      queries.setQueryData(accountKey(token), account);
      signIn(token);
    } catch (error) {
      setRefusal(isPitwallError(error) ? unknownToken : words.session.theControllerDoesNotAnswer);
    } finally {
      setAsking(false);
    }
  };
  const send = () => {
    if (text.trim() !== '' && !isAsking) void check(text.trim());
  };
  const isPage = title !== undefined;
  return (
    <Box w="100%" maw="28rem" m={isPage ? 'auto' : 0}>
      <Form onSubmit={send}>
        {isPage ? <FormTitle>{title}</FormTitle> : null}
        <Text>
          <Link href={signInTo(location)}>{words.session.signInWithYourAccount}</Link>
        </Text>
        <Text c="dimmed">{children}</Text>
        <TextInput
          label={words.session.token}
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        {refusal === null ? null : <Banner>{refusal}</Banner>}
        <Button type="submit" disabled={text.trim() === '' || isAsking} style={{ alignSelf: 'start' }}>
          {submit}
        </Button>
      </Form>
    </Box>
  );
}

function FormTitle({ children }: { readonly children: string }) {
  useDocumentTitle(`${children} · Pitwall`);
  return <Title order={1}>{children}</Title>;
}

/** How long the answer may take, ms. */
const patience = 5000;
