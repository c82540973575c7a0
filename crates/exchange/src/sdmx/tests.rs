//! A small dataset in every format, and questions of all kinds.

use proptest::prelude::*;

use super::choose::Choice;
use super::small::small;
use super::*;

fn ask(path: &str, query: &str, accept: &str) -> Result<Answer, Refused> {
    answer(&small(), &Request { path, query, accept })
}

/// The value of each observation that comes back, as CSV tells it.
fn values(path: &str, query: &str) -> Vec<String> {
    let body = ask(path, query, "text/csv").map(|answer| answer.body).unwrap_or_default();
    let rows = body.lines().skip(1).map(|line| line.rsplit(',').nth(1).unwrap_or_default().to_string());
    rows.collect()
}

#[test]
fn a_hidden_observation_has_no_value_in_any_format() {
    let data = small();
    assert!(data.csv().contains("dataflow,MOWA:DF(1.0.0),I,A,X-1,F,2024,NaN,Q\r\n"));
    assert!(data.data_xml().contains("<Obs TIME_PERIOD=\"2024\" OBS_STATUS=\"Q\"/>"));
    let json: serde_json::Value = serde_json::from_str(&data.data_json()).unwrap();
    let told = json["data"]["dataSets"][0]["observations"].as_object().unwrap();
    assert_eq!(told["0:0:0:1"], serde_json::json!([null, 1]));
    assert_eq!(told["0:0:0:0"], serde_json::json!([1.5, 0]));
}

#[test]
fn keys_and_filters_choose() {
    let data = "v2/data/dataflow/MOWA/DF/1.0.0";
    assert_eq!(values(&format!("{data}/A.X-1.F"), ""), ["1.5", "NaN"]);
    assert_eq!(values(&format!("{data}/A.%2A.M/"), ""), ["20"]);
    assert_eq!(values(&format!("{data}/A.X-1"), ""), ["1.5", "NaN", "20"]);
    assert_eq!(values(&format!("{data}/A.X-1.M,Q.X-2.F"), ""), ["20", "3"]);
    assert_eq!(values("v2/data/*/MOWA/DF/+/*", ""), ["1.5", "NaN", "20", "3"]);
    assert_eq!(values("v2/data/dataflow/MOWA/DF", "c[SEX]=M,F&c[FREQ]=Q"), ["3"]);
    assert_eq!(values(&format!("{data}/*"), "c[TIME_PERIOD]=ge:2024+le:2024-S1"), ["3"]);
    assert_eq!(values(&format!("{data}/*"), "c%5BTIME_PERIOD%5D=ge:2024%2Ble:2024"), ["NaN", "20", "3"]);
    assert_eq!(values(&format!("{data}/*"), "startPeriod=2024&endPeriod=2024"), ["NaN", "20", "3"]);
    assert_eq!(values(&format!("{data}/*"), "lastNObservations=1"), ["NaN", "20", "3"]);
    assert_eq!(values(&format!("{data}/*"), "firstNObservations=1&limit=2"), ["1.5", "20"]);
    assert_eq!(values("v1/data/DF/A..F+M", ""), ["1.5", "NaN", "20"]);
    assert_eq!(values("v1/data/MOWA,DF,latest/all", "startPeriod=2024-Q1"), ["NaN", "20", "3"]);
}

#[test]
fn what_is_not_there_is_refused_with_a_reason() {
    let status = |path: &str, query: &str, accept: &str| ask(path, query, accept).unwrap_err().status();
    assert_eq!(status("v2/data/dataflow/MOWA/DF/1.0.0/A.X-9.F", "", "*/*"), 404);
    assert_eq!(status("v2/data/dataflow/OTHER/DF/1.0.0", "", "*/*"), 404);
    assert_eq!(status("v2/data/dataflow/MOWA/DF/2.0.0", "", "*/*"), 404);
    assert_eq!(status("v2/data/dataflow/MOWA/DF/1.0.0/A.B.C.D", "", "*/*"), 400);
    assert_eq!(status("v2/data/dataflow/MOWA/DF/1.0.0/*", "c[NONE]=1", "*/*"), 400);
    assert_eq!(status("v2/data/dataflow/MOWA/DF/1.0.0/*", "c[TIME_PERIOD]=soon", "*/*"), 400);
    assert_eq!(status("v2/data/dataflow/MOWA/DF/1.0.0/*", "startPeriod=soon", "*/*"), 400);
    assert_eq!(status("v2/data/dataflow/MOWA/DF/1.0.0/*", "updatedAfter=2020", "*/*"), 501);
    assert_eq!(status("v2/data/dataflow/MOWA/DF/1.0.0/*", "", "image/png"), 406);
    assert_eq!(status("v2/availability/dataflow/MOWA/DF/1.0.0/A.X-9", "", "*/*"), 404);
    assert_eq!(status("v2/availability/dataflow/MOWA/DF/1.0.0/*/NONE", "", "*/*"), 404);
    assert_eq!(status("v3", "", "*/*"), 404);
    assert_eq!(status("", "", ""), 404);
}

/// Every observation is held against all that was asked.
#[test]
fn a_question_has_an_end() {
    let asked = |key: &str, query: &str| ask(&format!("v2/data/dataflow/MOWA/DF/1.0.0/{key}"), query, "*/*");
    let times = |many: usize| format!("c[TIME_PERIOD]={}", vec!["2024"; many].join(","));
    let codes = |many: usize| vec!["A"; many].join("+");
    assert!(asked("*", &times(200)).is_ok() && asked(&codes(200), "").is_ok());
    let most = "A question has at most 200 codes and conditions; ask for it in parts.";
    for (key, query) in [
        ("*".to_string(), times(201)),
        (codes(201), String::new()),
        (codes(100), times(101)),
        ("*".into(), format!("c[TIME_PERIOD]={}", vec!["ge:2024"; 201].join("+"))),
        (vec![".."; 201].join(","), String::new()),
        ("*".into(), vec!["c[SEX]=F"; 201].join("&")),
    ] {
        let refused = asked(&key, &query).unwrap_err();
        assert_eq!((refused.status(), refused.to_string().as_str()), (400, most));
    }
    let many = "c[SEX]=F&".repeat(201);
    assert_eq!(ask("v2/availability/dataflow/MOWA/DF/1.0.0", &many, "*/*").unwrap_err().status(), 400);
}

#[test]
fn structures_come_with_what_they_refer_to() {
    let body = |path: &str, query: &str| ask(path, query, "*/*").unwrap().body;
    let counts = |body: &str| {
        ["<str:Dataflow ", "<str:DataStructure ", "<str:ConceptScheme ", "<str:Codelist "]
            .map(|tag| body.matches(tag).count())
    };
    assert_eq!(counts(&body("v2/structure/dataflow/MOWA/DF/+", "")), [1, 0, 0, 0]);
    assert_eq!(counts(&body("v2/structure/dataflow/MOWA/DF/+", "references=children")), [1, 1, 0, 0]);
    assert_eq!(counts(&body("v2/structure/dataflow/MOWA/DF/1.0.0", "references=all")), [1, 1, 1, 4]);
    assert_eq!(counts(&body("v2/structure/datastructure/MOWA/DSD/~", "references=children")), [0, 1, 1, 4]);
    assert_eq!(counts(&body("v2/structure/codelist/MOWA/CL_SEX/1.0.0/", "")), [0, 0, 0, 1]);
    assert_eq!(counts(&body("v2/structure/codelist/MOWA/CL_SEX/1+.0.0", "references=parents")), [0, 1, 0, 1]);
    assert_eq!(counts(&body("v1/dataflow/MOWA/DF/latest", "references=all")), [1, 1, 1, 4]);
    assert_eq!(counts(&body("v1/codelist/all/all", "detail=allstubs")), [0, 0, 0, 4]);
    assert!(!body("v1/codelist/all/all", "detail=allstubs").contains("<str:Code "));
    assert_eq!(ask("v2/structure/dataflow/MOWA/DF/+", "references=none", "text/csv"), Err(Refused::Format));
}

#[test]
fn explorers_ask_for_less_and_for_names() {
    let data = "v2/data/dataflow/MOWA/DF/1.0.0/A.X-1.F";
    let body = |query: &str, accept: &str| ask(data, query, accept).unwrap().body;
    let first = |text: String| text.lines().take(2).map(String::from).collect::<Vec<_>>();
    let head = "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,SERIES,SEX,TIME_PERIOD,OBS_VALUE";
    for query in ["detail=dataonly", "attributes=none", "detail=dataonly&_=17&lang=en"] {
        assert_eq!(first(body(query, "text/csv")), [head, "dataflow,MOWA:DF(1.0.0),I,A,X-1,F,2023,1.5"], "{query}");
    }
    assert_eq!(body("detail=serieskeysonly", "text/csv").lines().nth(1), Some("dataflow,MOWA:DF(1.0.0),I,A,X-1,F,,"));
    let keys = body("detail=serieskeysonly", "application/xml");
    assert!(keys.contains("<Series FREQ=\"A\" SERIES=\"X-1\" SEX=\"F\"/>") && !keys.contains("<Obs"), "{keys}");
    assert_eq!(body("_=17&lang=en&unknown=x", "text/csv"), body("", "text/csv"));
    let both = ask(data, "", "application/vnd.sdmx.data+csv;version=2.0.0;labels=both").unwrap();
    assert_eq!(both.media, "application/vnd.sdmx.data+csv;version=2.0.0;labels=both");
    assert!(
        both.body.contains("SEX: SEX & more,TIME_PERIOD: TIME_PERIOD & more")
            && both.body.contains("F: F & more,2023,1.5,A: A & more")
    );
    let named = ask(data, "format=csvfilewithlabels", "").unwrap();
    assert_eq!(named.media, "application/vnd.sdmx.data+csv;version=2.0.0;labels=name");
    let head = "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,FREQ,FREQ & more,SERIES,SERIES & more,SEX,SEX & more,\
         TIME_PERIOD,TIME_PERIOD & more,OBS_VALUE,OBS_VALUE & more,OBS_STATUS,OBS_STATUS & more";
    let row = "dataflow,MOWA:DF(1.0.0),DF & more,I,A,A & more,X-1,X-1 & more,F,F & more,2023,,1.5,,A,A & more";
    assert_eq!(first(named.body), [head, row]);
    assert_eq!(as_of("x=1&asOf=2026-01-31T00:00:00"), Ok(romduol_plan::Date::parse("2026-01-31")));
    assert!(as_of("asOf=soon").is_err());
    assert_eq!(as_of("x=1"), Ok(None));
}

#[test]
fn older_clients_get_generic_data() {
    let generic = "application/vnd.sdmx.genericdata+xml;version=2.1";
    let body = |query: &str| ask("v1/data/DF/A.X-1.F", query, generic).unwrap().body;
    let key = r#"<gen:Value id="FREQ" value="A"/><gen:Value id="SERIES" value="X-1"/><gen:Value id="SEX" value="F"/>"#;
    let series = body("");
    assert!(series.contains(&format!("<gen:Series><gen:SeriesKey>{key}</gen:SeriesKey><gen:Obs>")), "{series}");
    assert!(
        series.contains(r#"<gen:ObsDimension value="2023"/><gen:ObsValue value="1.5"/><gen:Attributes>"#),
        "{series}"
    );
    let flat = body("dimensionAtObservation=AllDimensions");
    let time = r#"<gen:Value id="TIME_PERIOD" value="2023"/>"#;
    assert!(flat.contains(&format!("<gen:Obs><gen:ObsKey>{key}{time}</gen:ObsKey><gen:ObsValue value=")), "{flat}");
    let keys = body("detail=serieskeysonly");
    assert!(keys.contains(&format!("<gen:Series><gen:SeriesKey>{key}</gen:SeriesKey></gen:Series>")), "{keys}");
}

#[test]
fn explorers_get_the_json_they_read() {
    let json = |path: &str, accept: &str| -> serde_json::Value {
        serde_json::from_str(&ask(path, "dimensionAtObservation=AllDimensions", accept).unwrap().body).unwrap()
    };
    let told = |set: &serde_json::Value| set["observations"]["0:0:0:0"].clone();
    let data =
        |version: &str| json("v1/data/MOWA,DF,/A.X-1.F", &format!("application/vnd.sdmx.data+json;version={version}"));
    let (draft, one, two) = (data("1.0.0-wd"), data("1.0"), data("2.0"));
    for (set, structure) in [
        (&draft["dataSets"][0], &draft["structure"]),
        (&one["data"]["dataSets"][0], &one["data"]["structure"]),
        (&two["data"]["dataSets"][0], &two["data"]["structures"][0]),
    ] {
        assert_eq!(told(set), serde_json::json!([1.5, 0]));
        assert_eq!(structure["dimensions"]["observation"][2]["values"][0]["id"], "F");
        assert_eq!(structure["attributes"]["observation"][0]["values"][0]["id"], "A");
    }
    let older = "application/vnd.sdmx.structure+json;version=1.0;urn=true";
    let structures = json("v1/datastructure/MOWA/DSD/1.0.0", older);
    let parts = &structures["data"]["dataStructures"][0]["dataStructureComponents"];
    assert_eq!(parts["dimensionList"]["timeDimensions"][0]["position"], 3);
    assert_eq!(parts["measureList"]["primaryMeasure"]["id"], "OBS_VALUE");
    assert_eq!(parts["attributeList"]["attributes"][0]["assignmentStatus"], "Mandatory");
    let there = json("v1/availableconstraint/DF/A..M", older);
    let there = &there["data"]["contentConstraints"][0]["cubeRegions"][0]["keyValues"];
    assert_eq!(there[2], serde_json::json!({ "id": "SEX", "include": true, "values": ["M"] }));
    let newer = ask("v2/data/dataflow/MOWA/DF/1.0.0", "", "application/vnd.sdmx.data+xml;version=3.1.0").unwrap();
    assert!(newer.body.contains("schemas/v3_1/message") && !newer.body.contains("v3_0"));
}

#[test]
fn only_codes_that_occur_are_available() {
    let json = "application/vnd.sdmx.structure+json;version=2.0.0";
    let codes = |path: &str, query: &str| {
        let body: serde_json::Value = serde_json::from_str(&ask(path, query, json).unwrap().body).unwrap();
        let keys = body["data"]["dataConstraints"][0]["cubeRegions"][0]["keyValues"].as_array().unwrap().clone();
        let value = |value: &serde_json::Value| value["value"].as_str().unwrap().to_string();
        let told = |key: &serde_json::Value| {
            let values: Vec<String> = key["values"].as_array().unwrap().iter().map(value).collect();
            format!("{}={}", key["id"].as_str().unwrap(), values.join("+"))
        };
        keys.iter().map(told).collect::<Vec<_>>().join(" ")
    };
    let all = "FREQ=A+Q SERIES=X-1+X-2 SEX=F+M TIME_PERIOD=2023+2024+2024-Q1";
    assert_eq!(codes("v2/availability/dataflow/MOWA/DF/1.0.0", ""), all);
    assert_eq!(codes("v1/availableconstraint/MOWA,DF,1.0.0", "mode=exact"), all);
    assert_eq!(codes("v2/availability/dataflow/MOWA/DF/1.0.0/A.*.M/SEX", ""), "SEX=M");
    assert_eq!(codes("v1/availableconstraint/DF/A..M/all/FREQ", ""), "FREQ=A");
    assert_eq!(codes("v2/availability/dataflow/MOWA/DF/+/*/SERIES", "c[FREQ]=Q"), "SERIES=X-2");
    let old = ask("v1/availableconstraint/DF", "", "*/*").unwrap();
    assert!(old.body.contains("<str:ContentConstraint ") && old.body.contains("<com:Value>X-2</com:Value>"));
}

proptest! {
    /// Whatever is asked is answered or refused.
    #[test]
    fn no_question_breaks_it(path in "(v1|v2)/(data|structure|schema|codelist|availability|availableconstraint)(/[-*+~.,%0-9A-Za-z ក]{0,9}){0,6}", query in "\\PC{0,40}", accept in "\\PC{0,30}") {
        let _ = ask(&path, &query, &accept);
    }

    #[test]
    fn any_key_is_read_or_refused(key in "\\PC{0,40}", filter in "\\PC{0,20}") {
        let data = small();
        let mut choice = Choice::default();
        if choice.key(&data, &key).is_ok() && choice.filter(&data, "TIME_PERIOD", &filter).is_ok() {
            prop_assert!(choice.rows(&data).len() <= data.rows.len());
        }
    }
}
