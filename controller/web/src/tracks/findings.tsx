import { Text } from '@mantine/core';
import type { UploadedTrack } from '@pitwall/protocol/api';
import { Fact, Facts } from '../shell/index.js';
import { decimal, words } from '../staff-words/index.js';
import { MapBox, TrackMap } from '../track/index.js';

/** A track that was looked at: drawn, measured, and what is wrong with it. */
export function Findings({ found }: { readonly found: UploadedTrack }) {
  const { lengthM, widths, tightestM, faults, notes, violations } = found;
  return (
    <div data-testid="findings">
      <MapBox>
        <TrackMap track={found} direction={found.direction} car={null} />
      </MapBox>
      <Facts>
        <Fact name={words.tracks.length}>{words.tracks.metres(decimal(lengthM, 2))}</Fact>
        <Fact name={words.tracks.width}>
          {widths.mostM - widths.leastM < 0.005
            ? words.tracks.metres(decimal(widths.leastM, 3))
            : words.tracks.fromTo(decimal(widths.leastM, 3), decimal(widths.mostM, 3))}
        </Fact>
        <Fact name={words.tracks.tightestBend}>{words.tracks.metres(decimal(tightestM, 2))}</Fact>
      </Facts>
      <Sentences title={words.tracks.cannotBeRacedOn} all={faults} alarm />
      <Sentences title={words.tracks.howItWasRead} all={notes} />
      {violations.length === 0 && faults.length === 0 ? (
        <Text mt="sm">{words.tracks.allRulesKept}</Text>
      ) : (
        <Sentences title={words.tracks.brokenRules} all={violations} />
      )}
    </div>
  );
}

interface SentencesProps {
  readonly title: string;
  readonly all: readonly string[];
  readonly alarm?: boolean;
}

export const Sentences = ({ title, all, alarm = false }: SentencesProps) =>
  all.length === 0 ? null : (
    <div role={alarm ? 'alert' : undefined}>
      <Text fw={700} mt="sm">
        {title}
      </Text>
      <ul>
        {all.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
