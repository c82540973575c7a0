//! `GET /api/v1/openapi.json`: what is under `/api/v1`, for programs and their generators (OpenAPI 3.1). Schemas come from
//! the structs that are read and written; a test finds a route that is not described here. Refuses to know values.

use axum::Json;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Value, json};

use super::returns::{Asked, Came};
use crate::refusal::Problem;

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
            "requestBody": { "required": true, "content": {
                "text/csv": { "schema": { "type": "string" } },
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
                    "schema": { "type": "string", "format": "binary" },
                },
            } },
            "responses": {
                "200": {
                    "description": "What came of it: rows that were refused with their reason, and old and new of what changed.",
                    "content": { "application/json": { "schema": came } },
                },
                "401": refused("Nobody is signed in, and no token counts."),
                "403": refused("The post may not import."),
                "422": refused("The query or the file cannot be used as a whole."),
                "500": refused("The program has a fault; its number is in `request`."),
                "503": refused("The store is full or away; nothing more was filed. `Retry-After` says when to ask again."),
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

/// The fields of the query, one parameter each, and the header that makes a request be done once.
fn parameters(generator: &mut SchemaGenerator) -> Vec<Value> {
    let asked = generator.root_schema_for::<Asked>().to_value();
    let fields = asked["properties"].as_object().into_iter().flatten();
    let parameter = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        json!({ "name": name, "in": "query", "description": description, "schema": schema })
    };
    let key = json!({
        "name": "Idempotency-Key", "in": "header", "schema": { "type": "string" },
        "description": "Names what is sent: the same again is not done again and gets the first answer.",
    });
    fields.map(parameter).chain([key]).collect()
}
