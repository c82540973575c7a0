//! `GET /api/v1/openapi.json`: what is under `/api/v1`, for programs and their generators (OpenAPI 3.1). Schemas come from
//! the structs that are read and written; a test finds a route that is not described here. Refuses to know values.

use axum::Json;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Value, json};

use super::returns::{Asked, Came, Problem};

pub(crate) async fn show() -> Json<Value> {
    Json(document())
}

fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let (came, problem) = (generator.subschema_for::<Came>(), generator.subschema_for::<Problem>());
    let refused =
        |why: &str| json!({ "description": why, "content": { "application/problem+json": { "schema": problem } } });
    let paths = json!({
        "/api/v1/returns": { "post": {
            "operationId": "importReturns",
            "summary": "Import a file of returns: checked as a form is, and filed through the same ledger.",
            "parameters": parameters(&mut generator),
            "requestBody": { "required": true, "content": { "text/csv": { "schema": { "type": "string" } } } },
            "responses": {
                "200": {
                    "description": "What came of it, row by row where rows were refused.",
                    "content": { "application/json": { "schema": came } },
                },
                "303": { "description": "Nobody is signed in." },
                "403": refused("The post may not import."),
                "422": refused("The query or the file cannot be used as a whole."),
                "503": refused("The store refused; nothing more was filed."),
            },
            "security": [{ "session": [] }],
        } },
        "/api/v1/openapi.json": { "get": {
            "operationId": "describe",
            "summary": "This document.",
            "responses": { "200": {
                "description": "OpenAPI 3.1.", "content": { "application/json": { "schema": { "type": "object" } } },
            } },
            "security": [],
        } },
    });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Romduol", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": { "session": {
                "type": "apiKey", "in": "cookie", "name": crate::viewer::SESSION,
                "description": "Set by signing in.",
            } },
        },
    })
}

/// The fields of the query, one parameter each.
fn parameters(generator: &mut SchemaGenerator) -> Vec<Value> {
    let asked = generator.root_schema_for::<Asked>().to_value();
    let fields = asked["properties"].as_object().into_iter().flatten();
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        json!({ "name": name, "in": "query", "description": description, "schema": schema })
    };
    fields.map(parameter).collect()
}
