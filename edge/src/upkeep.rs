//! What an edge does by itself now and then: the lifecycle rules of its buckets, and room that nobody needs.

use std::sync::Arc;
use std::time::Duration;

use crate::edge::Edge;
use crate::s3::carry_out_lifecycle;

/// Rules count in days; a minute late is soon enough.
const EVERY: Duration = Duration::from_secs(60);

/// Begins; ends with the edge.
pub(crate) fn start(edge: &Edge) {
    let weak = edge.downgrade();
    edge.handle().spawn(async move {
        loop {
            tokio::time::sleep(EVERY).await;
            let Some(edge) = weak.upgrade() else { return };
            let store = Arc::clone(edge.store());
            drop(edge);
            // A store that fails says so to whoever uses it; this is tried again.
            let _ = tokio::task::spawn_blocking(move || {
                let _ = carry_out_lifecycle(&store);
                let _ = store.reclaim();
            })
            .await;
        }
    });
}
