//! The description of the API (OpenAPI 3.1), made from the handlers and the forms.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use crate::api::{
    bulk, catalog, compare, events, exports, lineage, models, promotion, register, search, selected, service,
    settings, tags, update,
};
use crate::http::problem::ProblemDocument;
use crate::schema;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Model registry",
        description = "Trained models: versions, metrics, tags, lineage, history. JSON is that of `registry-cli --json`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        service::healthz, service::readyz, service::metrics, service::openapi, service::whoami,
        search::list, register::register, bulk::register_many, models::get_many, models::get, update::update,
        models::delete, models::retire, models::restore, lineage::get, exports::list, exports::add, exports::remove,
        tags::label, tags::untag,
        selected::find, catalog::names, catalog::versions, selected::version, selected::tag_of_name,
        catalog::tags, selected::tag, selected::holding, promotion::promote, promotion::rollback,
        search::post, search::count, search::post_count, search::facets, search::post_facets,
        compare::leaderboard, compare::compare, events::list, settings::get, settings::update,
    ),
    components(schemas(ProblemDocument, schema::ModelSummary)),
    security(("token" = [])),
    modifiers(&Shared)
)]
struct Description;

/// What every operation has: a token, and problems.
struct Shared;

impl Modify for Shared {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("mrt_...")
            .build();
        if let Some(components) = api.components.as_mut() {
            components.add_security_scheme("token", SecurityScheme::Http(bearer));
        }
        let schema = RefOr::Ref(Ref::from_schema_name("ProblemDocument"));
        let problem = ResponseBuilder::new()
            .description("A problem (RFC 9457) with a stable `code`")
            .content(
                "application/problem+json",
                ContentBuilder::new().schema(Some(schema)).build(),
            )
            .build();
        for item in api.paths.paths.values_mut() {
            let operations = [
                &mut item.get,
                &mut item.put,
                &mut item.post,
                &mut item.patch,
                &mut item.delete,
            ];
            for operation in operations.into_iter().flatten() {
                operation
                    .responses
                    .responses
                    .insert("default".into(), RefOr::T(problem.clone()));
            }
        }
    }
}

/// The description as indented JSON.
pub fn text() -> String {
    let mut text = Description::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
