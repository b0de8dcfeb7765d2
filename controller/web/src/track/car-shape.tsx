const wheels = 'M-0.24 -0.2H-0.08V0.2H-0.24ZM0.12 -0.2H0.26V0.2H0.12Z';

/** A car on a map, heading along x. Twice as large as it is: it must be found from the back of a hall. */
export function CarShape() {
  return (
    <>
      <circle fill="var(--car)" opacity="0.22" r="0.42" />
      <path fill="var(--car-ink)" d={wheels} />
      <path
        fill="var(--car)"
        stroke="var(--car-ink)"
        strokeWidth="0.025"
        d="M-0.31 -0.13Q-0.31 -0.16 -0.28 -0.16H0.1L0.3 -0.1Q0.36 -0.07 0.36 0Q0.36 0.07 0.3 0.1L0.1 0.16H-0.28Q-0.31 0.16 -0.31 0.13Z"
      />
      <path fill="var(--car-ink)" d="M0.04 -0.11L0.16 -0.07V0.07L0.04 0.11ZM-0.25 -0.09L-0.02 -0.11V0.11L-0.25 0.09Z" />
    </>
  );
}
