let drawn: boolean | undefined;

/** Whether this computer has pictures of flags: some systems draw two letters in boxes instead. */
function flagsAreDrawn(): boolean {
  if (drawn !== undefined) return drawn;
  const pen = document.createElement('canvas').getContext('2d');
  if (pen === null) return false;
  pen.font = '40px sans-serif';
  drawn = pen.measureText('🇦🇹').width < pen.measureText('🇦').width * 1.5;
  return drawn;
}

const emoji = (country: string): string =>
  String.fromCodePoint(...[...country].map((letter) => 0x1f1e6 + letter.charCodeAt(0) - 65));

/** A country's flag, or its two letters. */
export function Flag({ country }: { readonly country: string | undefined }) {
  if (country === undefined) return null;
  const isDrawn = flagsAreDrawn();
  return (
    <span
      role="img"
      aria-label={country}
      style={isDrawn ? {} : { fontSize: '0.6em', border: '0.1em solid', borderRadius: '0.25em', padding: '0 0.25em' }}
    >
      {isDrawn ? emoji(country) : country}
    </span>
  );
}
