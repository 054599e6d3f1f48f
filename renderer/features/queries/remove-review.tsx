import { Button, Modal } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ReviewSummary } from '@shared/model/query-review';
import { useAct } from '../../lib/queries';
import { ErrorCard } from '../../ui/error-card';
import { IconTrash } from '../../ui/icons';

/** Removes a review with its capture; asks first and says what goes. */
export function RemoveReview({ review }: { readonly review: ReviewSummary }): ReactNode {
  const [asked, setAsked] = useState(false);
  const remove = useAct('query.remove', { refresh: ['query.reviews'], done: () => `${review.title} removed` });
  const decided = review.states.decided + review.states.done + review.states.accepted;
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={14} />} onClick={() => setAsked(true)}>
        Remove
      </Button>
      <Modal opened={asked} onClose={() => setAsked(false)} title={`Remove ${review.title}`} size={420}>
        <div className="col" style={{ gap: 10 }}>
          <span>
            The capture of {review.classes} classes and {decided} decisions go with it. The next capture can then not be
            held against it. Export it first if anybody may ask.
          </span>
          {remove.error && <ErrorCard error={remove.error} />}
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button variant="default" onClick={() => setAsked(false)}>
              Keep it
            </Button>
            <Button
              color="red"
              loading={remove.busy}
              onClick={() => remove.run({ reviewId: review.id }, () => setAsked(false))}
            >
              Remove {review.title}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
