"""Holds dcat.jsonld against the shapes of DCAT-AP 3.0. Called by .ci/opendata with the folder of an edition. Those in .ci/dcat.ttl
are our own; set DCAT_SHAPES to a copy of the official ones (SEMICeu/DCAT-AP, releases/3.0.1/shacl/*.ttl; files of a folder are
taken together) to use them, too."""

import os
import pathlib
import sys

import pyshacl
import rdflib

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
DCT, DCAT = rdflib.DCTERMS, rdflib.DCAT


def read(site):
    return rdflib.Graph().parse(site / "dcat.jsonld", format="json-ld", publicID="https://example.org/public/")


def shapes(path):
    files = sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
    graph = rdflib.Graph()
    for file in files:
        graph.parse(file, format="turtle")
    # The official file names shapes of properties that it does not have; and it is not read on from the network.
    for shape, part in list(graph.subject_objects(SH.property)):
        if (part, SH.path, None) not in graph:
            graph.remove((shape, SH.property, part))
    graph.remove((None, rdflib.OWL.imports, None))
    return graph


def faults(graph, wanted):
    valid, report, _ = pyshacl.validate(graph, shacl_graph=wanted, inference="none")
    told = []
    for one in report.subjects(rdflib.RDF.type, SH.ValidationResult):
        if report.value(one, SH.resultSeverity) == SH.Violation:
            parts = [report.value(one, name) for name in (SH.focusNode, SH.resultPath, SH.sourceConstraintComponent, SH.value)]
            told.append(" ".join(str(part).rsplit("/", 1)[-1] for part in parts))
    return sorted(told)


def main(site):
    own = shapes(pathlib.Path(__file__).with_name("dcat.ttl"))
    graph = read(site)
    found = faults(graph, own)
    assert not found, "\n".join(found)
    # Each of these has to be found, or the check above says nothing.
    dataset = graph.value(predicate=rdflib.RDF.type, object=DCAT.Dataset)
    licence = graph.value(predicate=rdflib.RDF.type, object=DCT.LicenseDocument)
    for wrong in [(dataset, DCT.publisher, None), (licence, rdflib.RDF.type, None), (None, DCAT.startDate, None)]:
        less = read(site)
        less.remove(wrong)
        assert faults(less, own), f"{wrong} was taken away, and nobody noticed"
    said = "the official ones were not used, for DCAT_SHAPES is not set"
    if "DCAT_SHAPES" in os.environ:
        found = faults(graph, shapes(pathlib.Path(os.environ["DCAT_SHAPES"])))
        assert not found, "\n".join(found)
        said = "and by the official ones"
    print(f"dcat: {len(graph)} triples are valid by our shapes of DCAT-AP; {said}")


main(pathlib.Path(sys.argv[1]))
