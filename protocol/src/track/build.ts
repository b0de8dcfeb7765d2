import { PitwallError } from '../errors.js';
import { type Segment, segmentName, type TrackDescription } from './description.js';
import { boundsOf, demandSize } from './limits.js';
import type { Heading } from './polyline.js';
import { selfCrossing } from './self-crossing.js';
import { Track } from './track.js';

/** Points this far apart on arcs: at the tightest allowed radius the chord leaves the arc by less than 0.1 mm. */
const arcStepM = 0.02;
const straightStepM = 0.1;
/** How far the end may miss the start; what is missing is spread over the whole length. */
const closureM = 0.01;
const closureDeg = 0.2;

/** Builds a track without asking for the building rules. @throws PitwallError `track-invalid` where that cannot be. */
export function buildTrack(description: TrackDescription): Track {
  description.segments.forEach((segment, index) => {
    if (segment.kind === 'arc' && segment.radiusM <= description.widthM / 2) {
      throw new PitwallError(
        'track-invalid',
        `${segmentName(description, index)} is tighter than half the road's width (${description.widthM / 2} m): the inner border would cross itself. Make its radius larger.`,
      );
    }
  });
  const lengthM = description.segments.reduce((sum, segment) => sum + segmentLength(segment), 0);
  if (description.startLineM >= lengthM) {
    throw new PitwallError(
      'track-invalid',
      `The start line at ${description.startLineM} m lies beyond the track's length of ${lengthM.toFixed(2)} m.`,
    );
  }
  demandSize(`The track ${description.name}`, lengthM);
  const stations = stationsOf(description.segments);
  const places = placesAt(description.segments, [...stations, description.startLineM, lengthM]);
  const startLine = places[places.length - 2] as Heading;
  const end = places[places.length - 1] as Heading;
  checkClosure(description, end);

  const first = stations.findIndex((along) => along > description.startLineM);
  const from = first < 0 ? stations.length : first;
  const order: { along: number; place: Heading }[] = [{ along: description.startLineM, place: startLine }];
  for (let k = 0; k < stations.length; k++) {
    const index = (from + k) % stations.length;
    const along = stations[index] as number;
    // A sample that nearly falls on the start line would make a segment of no length.
    if (Math.abs(along - description.startLineM) < 1e-6) continue;
    order.push({ along, place: places[index] as Heading });
  }
  const half = description.widthM / 2;
  const left = new Float64Array(2 * order.length);
  const centre = new Float64Array(2 * order.length);
  const right = new Float64Array(2 * order.length);
  order.forEach(({ along, place }, i) => {
    const x = place.x - (end.x * along) / lengthM;
    const y = place.y - (end.y * along) / lengthM;
    const [nx, ny] = [-Math.sin(place.heading) * half, Math.cos(place.heading) * half];
    centre.set([x, y], 2 * i);
    left.set([x + nx, y + ny], 2 * i);
    right.set([x - nx, y - ny], 2 * i);
  });
  const turns = description.segments.reduce((sum, segment) => sum + (segment.kind === 'arc' ? segment.turnDeg : 0), 0);
  demandSize(`The track ${description.name}`, lengthM, boundsOf(left, right));
  const [inner, outer] = turns > 0 ? [left, right] : [right, left];
  const { id, name, version, borderM, dash, lookSeed } = description;
  const track = new Track({ id, name, version, centre, inner, outer, markings: { borderM, dash }, lookSeed });
  const crossed = selfCrossing(track);
  if (crossed !== undefined) {
    const at = (crossed.alongM + description.startLineM) % lengthM;
    const other = (crossed.otherM + description.startLineM) % lengthM;
    throw new PitwallError(
      'track-invalid',
      `The road of ${name} overlaps itself where ${segmentName(description, segmentAt(description.segments, at))} meets ${segmentName(description, segmentAt(description.segments, other))}. Move them apart.`,
    );
  }
  return track;
}

function segmentLength(segment: Segment): number {
  return segment.kind === 'straight' ? segment.lengthM : (Math.abs(segment.turnDeg) * Math.PI * segment.radiusM) / 180;
}

/** Distances of the samples from the beginning; the beginning itself included, the end not. */
function stationsOf(segments: readonly Segment[]): number[] {
  const stations: number[] = [];
  let start = 0;
  for (const segment of segments) {
    const length = segmentLength(segment);
    const pieces = Math.ceil(length / (segment.kind === 'arc' ? arcStepM : straightStepM) - 1e-9);
    for (let i = 0; i < pieces; i++) stations.push(start + (i / pieces) * length);
    start += length;
  }
  return stations;
}

/** Position and heading at each distance, from the origin along the x axis. */
function placesAt(segments: readonly Segment[], distances: readonly number[]): Heading[] {
  const starts: { along: number; place: Heading; segment: Segment }[] = [];
  let along = 0;
  let place: Heading = { x: 0, y: 0, heading: 0 };
  for (const segment of segments) {
    starts.push({ along, place, segment });
    along += segmentLength(segment);
    place = advance(place, segment, segmentLength(segment));
  }
  return distances.map((distance) => {
    const start = starts.findLast((candidate) => candidate.along <= distance) ?? starts[0];
    if (start === undefined) throw new PitwallError('internal-error', 'A track without segments was built.');
    return advance(start.place, start.segment, distance - start.along);
  });
}

function advance(from: Heading, segment: Segment, distance: number): Heading {
  const { x, y, heading } = from;
  if (segment.kind === 'straight') {
    return { x: x + distance * Math.cos(heading), y: y + distance * Math.sin(heading), heading };
  }
  const side = Math.sign(segment.turnDeg);
  const radius = segment.radiusM * side;
  const turned = heading + distance / radius;
  return {
    x: x + radius * (Math.sin(turned) - Math.sin(heading)),
    y: y - radius * (Math.cos(turned) - Math.cos(heading)),
    heading: turned,
  };
}

function segmentAt(segments: readonly Segment[], along: number): number {
  let start = 0;
  for (let i = 0; i < segments.length; i++) {
    start += segmentLength(segments[i] as Segment);
    if (along < start) return i;
  }
  return segments.length - 1;
}

function checkClosure(description: TrackDescription, end: Heading): void {
  const turned = (end.heading * 180) / Math.PI;
  if (Math.abs(Math.abs(turned) - 360) > closureDeg) {
    throw new PitwallError(
      'track-invalid',
      `The turns of ${description.name} add up to ${turned.toFixed(1)}°, not to 360° (left) or −360° (right): the track does not close. Change an arc by ${((turned < 0 ? -360 : 360) - turned).toFixed(1)}°.`,
    );
  }
  const gap = Math.hypot(end.x, end.y);
  if (gap > closureM) {
    throw new PitwallError(
      'track-invalid',
      `${segmentName(description, description.segments.length - 1)} ends ${gap.toFixed(3)} m from the start (${end.x.toFixed(3)} m along, ${end.y.toFixed(3)} m beside the first segment): the track does not close. Change the lengths of straights.`,
    );
  }
}
