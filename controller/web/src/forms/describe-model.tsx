import { isPitwallError } from '@pitwall/protocol';
import { lazy, Suspense } from 'react';
import type { DescribeModelProps } from './describe-draft.js';

const DescribeForm = lazy(() => import('./describe-form.js'));

/** What a refusal asks of whoever handed the model in; undefined where it asks nothing. */
export const questionOf = (error: unknown): unknown => (isPitwallError(error) ? error.details.question : undefined);

/** Where a racer says what a network's numbers mean; loaded when it is asked for. */
export const DescribeModel = (props: DescribeModelProps) => (
  <Suspense>
    <DescribeForm {...props} />
  </Suspense>
);
