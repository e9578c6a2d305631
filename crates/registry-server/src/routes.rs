//! The table of routes: method, path, what the caller needs, handler. The router, its checks and the tests of access
//! are all made from it, so no route can be without.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use tower_http::compression::CompressionLayer;

use crate::access::{Permission, authorize};
use crate::api::{
    bulk, catalog, compare, deliveries, events, exports, lineage, models, promotion, register, search,
    selected, service, settings, stream, tags, tokens, update, webhooks,
};
use crate::app::App;
use crate::http::request::{around, in_size, in_time, no_method, no_route};
use crate::web;

/// Where many registrations are sent.
pub(crate) const BULK: &str = "/api/v1/registrations";

/// A route.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path, with `{...}` for what varies.
    pub path: &'static str,
    /// What the caller needs.
    pub permission: Permission,
    handler: fn() -> MethodRouter<Arc<App>>,
}

macro_rules! routes {
    ($(#[$doc:meta])* $table:ident: $($method:ident $path:literal $permission:ident $handler:path),+ $(,)?) => {
        $(#[$doc])*
        pub const $table: &[Route] = &[$(Route {
            method: stringify!($method),
            path: $path,
            permission: Permission::$permission,
            handler: || $method($handler),
        }),+];
    };
}

routes! {
    /// Every route of the API.
    ROUTES:
    get "/healthz" Public service::healthz,
    get "/readyz" Public service::readyz,
    get "/metrics" Read service::metrics,
    get "/api/v1/openapi.json" Public service::openapi,
    get "/api/v1/whoami" Read service::whoami,

    get "/api/v1/models" Read search::list,
    post "/api/v1/models" Write register::register,
    post "/api/v1/registrations" Write bulk::register_many,
    get "/api/v1/models/by-id" Read models::get_many,
    get "/api/v1/models/{id}" Read models::get,
    patch "/api/v1/models/{id}" Write update::update,
    delete "/api/v1/models/{id}" Administer models::delete,
    post "/api/v1/models/{id}/retire" Write models::retire,
    post "/api/v1/models/{id}/restore" Write models::restore,
    get "/api/v1/models/{id}/lineage" Read lineage::get,
    get "/api/v1/models/{id}/exports" Read exports::list,
    post "/api/v1/models/{id}/exports" Write exports::add,
    delete "/api/v1/models/{id}/exports/{format}" Write exports::remove,
    put "/api/v1/models/{id}/tags/{tag}" Label tags::label,
    delete "/api/v1/models/{id}/tags/{tag}" Label tags::untag,

    get "/api/v1/find" Read selected::find,
    get "/api/v1/names" Read catalog::names,
    get "/api/v1/names/{name}/versions" Read catalog::versions,
    get "/api/v1/names/{name}/versions/{version}" Read selected::version,
    get "/api/v1/names/{name}/tags/{tag}" Read selected::tag_of_name,

    get "/api/v1/tags" Read catalog::tags,
    get "/api/v1/tags/{tag}" Read selected::tag,
    get "/api/v1/tags/{tag}/holding" Read selected::holding,
    post "/api/v1/tags/{tag}/promote" Promote promotion::promote,
    post "/api/v1/tags/{tag}/rollback" Promote promotion::rollback,

    post "/api/v1/search" Read search::post,
    get "/api/v1/count" Read search::count,
    post "/api/v1/search/count" Read search::post_count,
    get "/api/v1/facets" Read search::facets,
    post "/api/v1/search/facets" Read search::post_facets,
    get "/api/v1/leaderboard" Read compare::leaderboard,
    get "/api/v1/compare" Read compare::compare,

    get "/api/v1/events" Read events::list,
    get "/api/v1/events/stream" Read stream::stream,
    get "/api/v1/settings" Read settings::get,
    patch "/api/v1/settings" Administer settings::update,
    get "/api/v1/tokens" Administer tokens::list,

    get "/api/v1/webhooks" Administer webhooks::list,
    post "/api/v1/webhooks" Administer webhooks::create,
    get "/api/v1/webhooks/standings" Administer webhooks::standings,
    get "/api/v1/webhooks/{id}" Administer webhooks::get,
    patch "/api/v1/webhooks/{id}" Administer webhooks::update,
    delete "/api/v1/webhooks/{id}" Administer webhooks::delete,
    post "/api/v1/webhooks/{id}/rotate" Administer webhooks::rotate,
    post "/api/v1/webhooks/{id}/test" Administer webhooks::test,
    post "/api/v1/webhooks/{id}/replay" Administer deliveries::replay,
    get "/api/v1/webhooks/{id}/deliveries" Administer deliveries::of_webhook,
    get "/api/v1/webhooks/deliveries" Administer deliveries::list,
    get "/api/v1/webhooks/deliveries/{id}" Administer deliveries::get,
    post "/api/v1/webhooks/deliveries/{id}/replay" Administer deliveries::replay_one,
}

routes! {
    /// Every page, and what pages are made of. Whoever calls is known by a session, not by a token in a header.
    PAGES:
    get "/assets/{file}" Public web::assets::get,
    get "/login" Public web::login::show,
    post "/login" Public web::login::enter,
    post "/logout" Public web::login::leave,

    get "/" Read web::models::show,
    get "/live" Read web::live::follow,
    get "/rows" Read web::models::rows,
    get "/activity/rows" Read web::activity::rows,
    get "/models/{id}" Read web::model::show,
    get "/names/{name}" Read web::name::show,
    get "/compare" Read web::compare::show,
    get "/tags" Read web::tags::show,
    get "/activity" Read web::activity::show,
    get "/promote" Promote web::promotion::preview,
    post "/promote" Promote web::promotion::promote,
    get "/rollback" Promote web::promotion::preview_rollback,
    post "/rollback" Promote web::promotion::roll_back,
    get "/tokens" Administer web::tokens::show,
    post "/tokens" Administer web::tokens::create,
    get "/tokens/revoke" Administer web::tokens::preview,
    post "/tokens/revoke" Administer web::tokens::revoke,
    get "/webhooks" Administer web::webhooks::list,
    post "/webhooks" Administer web::webhooks::create,
    get "/webhooks/{id}" Administer web::webhooks::show,
    post "/webhooks/{id}" Administer web::webhooks::change,
    post "/webhooks/{id}/switch" Administer web::webhooks::switch,
    post "/webhooks/{id}/rotate" Administer web::webhooks::rotate,
    post "/webhooks/{id}/test" Administer web::webhooks::test,
    post "/webhooks/{id}/replay" Administer web::webhooks::replay,
    get "/webhooks/{id}/delete" Administer web::webhooks::preview_deletion,
    post "/webhooks/{id}/delete" Administer web::webhooks::delete,
    get "/webhooks/deliveries/{id}" Administer web::webhooks::show_delivery,
    post "/webhooks/deliveries/{id}/replay" Administer web::webhooks::replay_delivery,
}

/// The router of a server.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let guard = from_fn_with_state((Arc::clone(app), route.permission), authorize);
        let mut handler = (route.handler)().route_layer(guard);
        if route.path == BULK {
            handler = handler.route_layer(DefaultBodyLimit::max(app.limits.bulk_body));
        }
        router = router.route(route.path, handler);
    }
    for page in PAGES {
        let guard = from_fn_with_state((Arc::clone(app), page.permission), web::admit);
        router = router.route(page.path, (page.handler)().route_layer(guard));
    }
    router
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(DefaultBodyLimit::max(app.limits.body))
        .layer(from_fn_with_state(Arc::clone(app), in_size))
        .layer(from_fn_with_state(Arc::clone(app), in_time))
        .layer(from_fn_with_state(Arc::clone(app), around))
        .layer(CompressionLayer::new())
        .with_state(Arc::clone(app))
}
