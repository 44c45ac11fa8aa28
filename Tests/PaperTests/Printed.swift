import Foundation
import Paper
import Primitives
import Sheets
import TestKit
import Testing

/// A PDF as the tools of Poppler and ZBar see it.
struct Printed {
    let bytes: [UInt8]

    init(_ documents: [PaperDocument]) throws {
        let job = PaperJob(documents, madeAt: Printed.time)
        // The way through the worker: as bytes.
        bytes = try PaperAnswer.pdf(PaperAnswer.bytes(job.bytes))
    }

    static let time = Timestamp(milliseconds: 1_790_000_000_000)

    /// All words in the order in which they were drawn, without blanks and line ends.
    func words() throws -> String {
        try run("pdftotext -raw -enc UTF-8 page.pdf -").filter { !$0.isWhitespace }
    }

    func fonts() throws -> [[Substring]] {
        try run("pdffonts page.pdf").split(separator: "\n").dropFirst(2)
            .map { $0.split(separator: " ") }
    }

    func facts() throws -> String { try run("pdfinfo page.pdf") }

    func pages() throws -> Int {
        let line = try facts().split(separator: "\n").first { $0.hasPrefix("Pages:") }
        return try #require(line.flatMap { Int($0.dropFirst(6).drop { $0 == " " }) })
    }

    /// What the QR codes say, page by page.
    func codes() throws -> [String] {
        try run("pdftoppm -r 200 -png page.pdf page && zbarimg -q --raw page-*.png")
            .split(separator: "\n").map(String.init)
    }

    private func run(_ command: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "renkei-paper-" + UUID().uuidString
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { _ = Result { try FileManager.default.removeItem(at: folder) } }
        try Data(bytes).write(to: folder.appendingPathComponent("page.pdf"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = folder
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self)
    }
}

/// Documents to print.
enum PaperSample {
    static func document(_ form: FilledForm, watermark: String? = nil) -> PaperDocument {
        PaperDocument(
            form,
            heading: form.title + "　髙﨑 𠮷之助 様",
            footer: [
                "受付番号 01a2038f", "文書ID 4a1e5fea",
                "SHA-256 0123456789abcdef　印刷 令和8年11月22日 9:12",
            ],
            code: code,
            watermark: watermark
        )
    }

    static let message: MessageID = {
        guard let id = MessageID("01a2038f-048c-7b7b-8006-36861e1f9e7c") else {
            preconditionFailure("a fixed number")
        }
        return id
    }()

    static let code =
        "renkei:4a1e5fea-e6e8-5703-91a3-49918e7d0ca0:" + String(repeating: "a", count: 64)

    static func sheet(_ name: String) throws -> PaperDocument {
        let sheet = try SheetExamples.sheet(name)
        let catalogue = try SheetExamples.catalogue.get()
        return document(try #require(catalogue.filledForm(of: sheet)))
    }

    /// One framed cell with a text, in a section.
    static func text(_ text: String) -> PaperDocument {
        document(
            FilledForm(
                title: "書類",
                rows: [
                    FilledForm.Row(
                        bar: "連絡事項",
                        cells: [
                            FilledForm.Cell(
                                [.printed("見出し")],
                                width: 26,
                                style: framed,
                                isHead: true
                            ),
                            FilledForm.Cell([.entered(text)], width: 154, style: framed),
                        ]
                    )
                ]
            )
        )
    }

    private static let framed = FilledForm.Style(frame: .thin)
}
