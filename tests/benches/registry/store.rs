//! The store as a contestant, whichever database it is on.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use registry_core::{
    LineageScope, ModelId, ModelRef, PromoteRequest, RegistryStore, RegistryStoreExt, Selector, TagName,
    Timestamp,
};

use crate::contestant::{Contestant, List, STORE};
use crate::model::{context, registration};

pub(crate) struct Store(pub(crate) Arc<dyn RegistryStore>);

impl Store {
    async fn find(&self, selector: Selector) {
        assert!(self.0.find(&selector).await.unwrap().is_some());
    }
}

#[async_trait(?Send)]
impl Contestant for Store {
    fn name(&self) -> &'static str {
        STORE
    }

    async fn by_id(&self, id: ModelId) {
        self.find(Selector::Id(id)).await;
    }

    async fn by_version(&self, model: &ModelRef) {
        self.find(Selector::Version {
            name: model.name.clone(),
            version: model.version.clone(),
        })
        .await;
    }

    async fn by_tag(&self, tag: &TagName) {
        self.find(Selector::Tag {
            tag: tag.clone(),
            name: None,
        })
        .await;
    }

    async fn three(&self, ids: [ModelId; 3]) {
        let compared = self.0.compare(&ids, None, None).await.unwrap();
        assert_eq!(compared.models.len(), 3);
    }

    async fn list(&self, list: &List) {
        let page = self.0.search(&list.query, Timestamp::EPOCH).await.unwrap();
        assert!(page.items.len() > 1);
    }

    async fn ancestors(&self, id: ModelId) {
        let lineage = self.0.lineage(id, LineageScope::Ancestors).await.unwrap();
        assert!(lineage.nodes.len() > 1);
    }

    async fn register(&self, name: &str, number: usize) {
        drop(
            self.0
                .register(&context(), registration(name, number))
                .await
                .unwrap(),
        );
    }

    async fn register_many(&self, name: &str, numbers: Range<usize>) {
        let count = numbers.len();
        let models = numbers.map(|number| registration(name, number)).collect();
        let registered = self.0.register_many(&context(), models).await.unwrap();
        assert_eq!(registered.len(), count);
    }

    async fn promote(&self, id: ModelId, tag: &TagName) {
        let request = PromoteRequest::new(id, tag.clone());
        drop(self.0.promote(&context(), request).await.unwrap());
    }
}
