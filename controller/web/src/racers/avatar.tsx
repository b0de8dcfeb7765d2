import { useState } from 'react';
import { drawnAvatarOf } from './drawn-avatar.js';

export interface Racer {
  readonly racer: string;
  readonly alias: string;
  readonly colour?: string | undefined;
  readonly picture?: string | undefined;
}

interface AvatarProps extends Racer {
  /** As CSS has it. */
  readonly size: string;
}

/** A racer's picture, or what is drawn of their name. It says nothing that the name beside it does not. */
export function Avatar({ racer, alias, colour, picture, size }: AvatarProps) {
  // One that was taken away meanwhile.
  const [missing, setMissing] = useState<string>();
  const place = { width: size, height: size, borderRadius: '22%', flex: 'none', verticalAlign: '-0.25em' } as const;
  if (picture !== undefined && picture !== missing)
    return (
      <img
        src={`/api/v1/racers/${encodeURIComponent(racer)}/picture/${picture}`}
        alt=""
        loading="lazy"
        style={{ ...place, objectFit: 'cover' }}
        onError={() => setMissing(picture)}
      />
    );
  const { initials, ground, shade, ink, turn } = drawnAvatarOf(alias, colour);
  return (
    <svg viewBox="0 0 40 40" style={place} aria-hidden="true" data-avatar>
      <rect width="40" height="40" fill={ground} />
      <path d="M-20 20h80v40h-80z" fill={shade} transform={`rotate(${turn} 20 20)`} />
      <text
        x="20"
        y="21"
        fill={ink}
        fontSize="17"
        fontWeight="700"
        letterSpacing="0"
        textAnchor="middle"
        dominantBaseline="central"
      >
        {initials}
      </text>
    </svg>
  );
}
