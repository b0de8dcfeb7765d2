import { encode } from 'uqr';

/** An address as QR: dark on light in every scheme, with the margin that scanners need (ISO/IEC 18004: four modules). */
export function QrCode({ text }: { readonly text: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg role="img" aria-label={text} viewBox={`0 0 ${size} ${size}`} width="100%" style={{ background: '#fff' }}>
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
