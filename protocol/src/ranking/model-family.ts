/**
 * What models of one training have in common: their name without what counts them at its end ("reinvent-v3", "reinvent_v3-clone" and
 * "Reinvent 4" are of the family "reinvent"). A name that is nothing else stays as it is.
 */
export function modelFamily(name: string): string {
  const text = name.trim().toLowerCase();
  const counted =
    /(?:[\s._-]+(?:clone|copy|final|v(?:ersion)?[\s._-]*\d+|\d+)|\s*\(\d+\)|\.(?:tar\.gz|tgz|zip|pb|onnx|tflite))$/;
  let family = text;
  while (counted.test(family)) family = family.replace(counted, '');
  return family.replace(/[\s._-]+$/, '') || text;
}
