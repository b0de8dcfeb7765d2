import { Stack } from '@mantine/core';
import { RequireRole, TokenForm, useAccount, useSession } from '../session/index.js';
import { LargeLink, LinkList, Note, PageTitle, Panel, Soft } from '../shell/index.js';
import { decimal, words } from '../staff-words/index.js';
import { EditorPanel } from './editor-panel.js';
import { UploadPanel } from './upload-panel.js';
import { useTracks } from './use-tracks.js';

/** All tracks; organizers upload and draw more. */
export default function TracksPage() {
  const { token } = useSession();
  const { data: account } = useAccount(token);
  const { data, error } = useTracks();
  if (data === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.tracks.theTracksCannotBeRead}>{error.message}</Note>
    );
  const mayUpload = account?.may.includes('organizer') === true;
  return (
    <Stack>
      <PageTitle>{words.common.tracks}</PageTitle>
      <LinkList>
        {data.map(({ track, name, version, uploaded, lengthM, widthM }) => (
          <LargeLink key={track} href={`/tracks/${track}`}>
            {name}
            <Soft>
              {words.tracks.metresRoundAndWide(decimal(lengthM, 2), decimal(widthM, 2))} ·{' '}
              {uploaded ? words.tracks.uploadedInVersion(version) : words.tracks.comesWithPitwall}
            </Soft>
          </LargeLink>
        ))}
      </LinkList>
      {mayUpload && token !== null ? (
        <>
          <UploadPanel token={token} />
          <EditorPanel token={token} />
        </>
      ) : (
        <Panel title={words.tracks.organizer}>
          <RequireRole
            needs="organizer"
            form={(why) => (
              <TokenForm key={why} submit={words.tracks.toTheTracks} needs="organizer" why={why}>
                {words.tracks.whoUploads} <code>pitwall token issue --role organizer --name …</code>{' '}
                {words.common.makesOne}
              </TokenForm>
            )}
          >
            {() => null}
          </RequireRole>
        </Panel>
      )}
    </Stack>
  );
}
