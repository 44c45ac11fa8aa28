import Primitives
import Sheets

extension PaperJob {
    /// The bytes that a worker reads.
    package var bytes: [UInt8] {
        let json: JSON = [
            "version": 1, "madeAt": .string(madeAt.description),
            "documents": .array(documents.map(\.json)),
        ]
        return json.canonicalBytes
    }

    /// - Throws: `tooLarge` beyond `Limits.paperJobBytes` and `Limits.paperDocuments`, `malformed`
    ///   for whatever else is not what `bytes` writes.
    package init(reading bytes: [UInt8]) throws(PaperRefusal) {
        guard bytes.count <= Limits.paperJobBytes else { throw .tooLarge }
        do throws(DecodingRefusal) {
            let json = try JSON(reading: bytes, .strict.within(Limits.paperJobBytes))
            var reader = try ObjectReader(json)
            try reader.version()
            madeAt = try reader.value("madeAt", Timestamp.init(_:))
            var documents: [PaperDocument] = []
            for document in try reader.objects("documents") {
                documents.append(try PaperDocument(document))
            }
            self.documents = documents
            try reader.finish()
        } catch { throw .malformed }
        guard documents.count <= Limits.paperDocuments else { throw .tooLarge }
        guard !documents.isEmpty else { throw .malformed }
    }
}

extension PaperDocument {
    fileprivate var json: JSON {
        [
            "form": form.json, "heading": .string(heading),
            "footer": .array(footer.map { .string($0) }), "code": .string(code),
            "watermark": watermark.map { .string($0) }, "cover": .bool(isCover),
        ]
    }

    fileprivate init(_ reader: ObjectReader) throws(DecodingRefusal) {
        var reader = reader
        form = try FilledForm(try reader.object("form"))
        heading = try reader.text("heading")
        footer = try reader.texts("footer")
        code = try reader.text("code")
        watermark = try reader.optionalText("watermark")
        isCover = try reader.bool("cover")
        try reader.finish()
    }
}

extension FilledForm {
    /// What paper does not show stays behind: references.
    fileprivate var json: JSON {
        [
            "title": .string(title), "margin": .integer(Int64(margin)),
            "rows": .array(rows.map(\.json)),
            "others": .array(others.map { .string($0) }),
        ]
    }

    fileprivate init(_ reader: ObjectReader) throws(DecodingRefusal) {
        var reader = reader
        let margin = try reader.integer("margin")
        guard 5...50 ~= margin else { throw reader.refusal(.badForm, "margin") }
        var rows: [Row] = []
        for row in try reader.objects("rows") { rows.append(try Row(row)) }
        self.init(
            title: try reader.text("title"),
            margin: margin,
            rows: rows,
            others: try reader.texts("others")
        )
        try reader.finish()
    }
}

extension FilledForm.Row {
    fileprivate var json: JSON {
        ["bar": bar.map { .string($0) }, "cells": .array(cells.map(\.json))]
    }

    fileprivate init(_ reader: ObjectReader) throws(DecodingRefusal) {
        var reader = reader
        var cells: [FilledForm.Cell] = []
        for cell in try reader.objects("cells") { cells.append(try FilledForm.Cell(cell)) }
        self.init(bar: try reader.optionalText("bar"), cells: cells)
        try reader.finish()
    }
}

extension FilledForm.Cell {
    fileprivate var json: JSON {
        [
            "runs": .array(runs.map(\.json)), "width": .integer(Int64(width)),
            "align": .string(style.align.rawValue), "size": .string(style.size.rawValue),
            "frame": .string(style.frame.rawValue), "lines": .integer(Int64(style.lines)),
            "head": .bool(isHead),
        ]
    }

    fileprivate init(_ reader: ObjectReader) throws(DecodingRefusal) {
        var reader = reader
        var runs: [FilledForm.Run] = []
        for run in try reader.objects("runs") { runs.append(try FilledForm.Run(run)) }
        let width = try reader.integer("width")
        let lines = try reader.integer("lines")
        guard 4...200 ~= width, 1...40 ~= lines else { throw reader.refusal(.badForm, "width") }
        let style = FilledForm.Style(
            align: try reader.value("align", FilledForm.Align.init),
            size: try reader.value("size", FilledForm.Size.init),
            frame: try reader.value("frame", FilledForm.Frame.init),
            lines: lines
        )
        self.init(runs, width: width, style: style, isHead: try reader.bool("head"))
        try reader.finish()
    }
}

extension FilledForm.Run {
    fileprivate var json: JSON {
        switch self {
        case .printed(let text): ["printed": .string(text)]
        case .entered(let text): ["entered": .string(text)]
        case .choices(let choices):
            [
                "choices": .array(
                    choices.map { ["label": .string($0.label), "chosen": .bool($0.isChosen)] }
                )
            ]
        }
    }

    fileprivate init(_ reader: ObjectReader) throws(DecodingRefusal) {
        var reader = reader
        if let text = try reader.optionalText("printed") {
            self = .printed(text)
        } else if let text = try reader.optionalText("entered") {
            self = .entered(text)
        } else {
            var choices: [FilledForm.Choice] = []
            for var choice in try reader.objects("choices") {
                choices.append(
                    FilledForm.Choice(
                        try choice.text("label"),
                        isChosen: try choice.bool("chosen")
                    )
                )
                try choice.finish()
            }
            self = .choices(choices)
        }
        try reader.finish()
    }
}

extension ObjectReader {
    /// An array of texts and nothing else.
    fileprivate mutating func texts(_ name: String) throws(DecodingRefusal) -> [String] {
        var texts: [String] = []
        for value in try array(name) {
            guard let text = value.string else { throw refusal(.wrongType, name) }
            texts.append(text)
        }
        return texts
    }
}
