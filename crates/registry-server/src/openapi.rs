//! The description of the API (OpenAPI 3.1), made from the handlers and the forms.

use axum::http::StatusCode;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use crate::access::Permission;
use crate::api::{
    bulk, catalog, compare, deliveries, events, exports, lineage, models, promotion, register, search,
    selected, service, settings, stream, tags, tokens, update, webhooks,
};
use crate::http::precondition;
use crate::http::problem::ProblemDocument;
use crate::routes::ROUTES;
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
        compare::leaderboard, compare::compare, events::list, stream::stream, settings::get, settings::update,
        tokens::list,
        webhooks::list, webhooks::standings, webhooks::create, webhooks::get, webhooks::update, webhooks::delete, webhooks::rotate,
        webhooks::test, deliveries::replay, deliveries::of_webhook, deliveries::list, deliveries::get,
        deliveries::replay_one,
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
        for (path, item) in &mut api.paths.paths {
            let operations = [
                ("get", &mut item.get),
                ("put", &mut item.put),
                ("post", &mut item.post),
                ("patch", &mut item.patch),
                ("delete", &mut item.delete),
            ];
            for (method, operation) in operations {
                let Some(operation) = operation else { continue };
                if is_write(method, path) {
                    sent_again(operation);
                }
                if takes_revision(method, path) {
                    conditional(operation, path);
                }
                for (status, response) in &mut operation.responses.responses {
                    if let RefOr::T(response) = response
                        && response.description.is_empty()
                    {
                        reason(status).clone_into(&mut response.description);
                    }
                }
                operation
                    .responses
                    .responses
                    .insert("default".into(), RefOr::T(problem.clone()));
            }
        }
    }
}

/// Whether an operation takes an `Idempotency-Key`.
fn is_write(method: &str, path: &str) -> bool {
    let mut routes = ROUTES.iter();
    routes.any(|route| {
        (route.method, route.path) == (method, path)
            && method != "get"
            && !matches!(route.permission, Permission::Public | Permission::Read)
    })
}

/// Whether an operation takes an `If-Match`.
fn takes_revision(method: &str, path: &str) -> bool {
    let mut routes = ROUTES.iter();
    routes.any(|route| {
        (route.method, route.path) == (method, path) && precondition::takes(method, route.permission, path)
    })
}

/// Describes the header of a write that expects a revision.
fn conditional(operation: &mut Operation, path: &str) {
    let (what, code) = if precondition::changes_a_webhook(path) {
        ("webhook", "webhook_changed")
    } else {
        ("model", "revision_changed")
    };
    let text = ObjectBuilder::new().schema_type(Type::String);
    let header = ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(format!(
            "Only if the {what} has one of these revisions, as `ETag` says them; else 412 `{code}`"
        )))
        .schema(Some(
            text.pattern(Some("^(\\*|(W/)?\"[!#-~]*\"( *, *(W/)?\"[!#-~]*\")*)$")),
        ))
        .build();
    operation
        .parameters
        .get_or_insert_default()
        .push(RefOr::T(header));
}

/// Describes the header of a write, and that of its answer.
fn sent_again(operation: &mut Operation) {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Sent again with the same key within seven days, the same request is not made again but answered as it was; \
             another request is refused (422 `idempotency_key_reused`). 1 to 255 visible ASCII characters, in quotes or not",
        ))
        .schema(Some(text().pattern(Some("^([!#-~][!-~]{0,254}|\"[!#-\\[\\]-~]{1,255}\")$"))))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(key));
    let replayed = HeaderBuilder::new()
        .schema(Some(text().enum_values(Some(["true"]))))
        .description(Some(
            "The answer is the one of an earlier request with the same key",
        ))
        .build();
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with('2')
        {
            response
                .headers
                .insert("Idempotency-Replayed".into(), RefOr::T(replayed.clone()));
        }
    }
}

/// What a status says: OpenAPI asks for a description of every answer.
fn reason(status: &str) -> &'static str {
    let status = status
        .parse()
        .ok()
        .and_then(|status: u16| StatusCode::from_u16(status).ok());
    status
        .and_then(|status| status.canonical_reason())
        .unwrap_or("An answer")
}

/// The description as indented JSON.
pub fn text() -> String {
    let mut text = Description::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
