import BrowserKit
import Foundation
import Primitives

/// The folder in which a walk leaves its pictures.
///
/// `NN-name.png` is the window, `NN-name-full.png` the page from top to bottom, `NN-name-small.png`
/// and `NN-name-large.png` the same in small and in large type, `NN-name.pdf` what the browser
/// prints, `NN-name-paper.pdf` what the program draws it; `axe.json` has for every stop what was
/// found.
final class Album: Sendable {
    private let folder: URL
    private let pages = Lock<[JSON]>([])
    private let found = Lock(0)
    /// At all stops.
    var findings: Int { found.withLock { $0 } }

    init(_ path: String) throws {
        folder = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Goes there and takes its pictures; of a stop that is not reached, where the way ended.
    func visit(_ stop: Stop, _ walk: Walk) async throws {
        let number = pages.withLock { $0.count + 1 }
        let name = String(format: "%02d-", number) + stop.name
        let browser = stop.browser(of: walk)
        do {
            try await stop.go(walk)
        } catch {
            try write(name + "-failed.png", try await browser.fullScreenshot())
            throw error
        }
        try write(name + ".png", try await browser.screenshot())
        try write(name + "-full.png", try await browser.fullScreenshot())
        if stop.isPrinted { try write(name + ".pdf", try await browser.printed()) }
        if stop.hasPaper { try write(name + "-paper.pdf", try await browser.paper()) }
        let findings = try await Inspection.look(browser, language: stop.language)
        for size in ["small", "large"] {
            try await browser.setTextSize(size)
            try write(name + "-\(size).png", try await browser.fullScreenshot())
        }
        try await browser.setTextSize("medium")
        let page: JSON = [
            "stop": .string(name),
            "title": .string(try await browser.title),
            "findings": .array(findings.map { .string($0) }),
        ]
        pages.withLock { $0.append(page) }
        found.withLock { $0 += findings.count }
        try write("axe.json", JSON.array(pages.withLock { $0 }).canonicalBytes)
    }

    private func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: folder.appendingPathComponent(name))
    }
}

extension Browser {
    /// The PDF behind the page's button 印刷する, or behind its link to the 到着証明書.
    func paper() async throws -> [UInt8] {
        let found = try await run(
            """
            const form = document.querySelector('form[action$="/print"]')
            const link = document.querySelector('a[href*="/certificate"]')
            const asked = form
              ? fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))})
              : fetch(link.href)
            return asked.then(a => a.arrayBuffer()).then(bytes => {
              let text = ''
              for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte)
              return btoa(text)
            })
            """
        )
        let bytes = found.string.flatMap { Data(base64Encoded: $0) }.map { Array($0) } ?? []
        guard bytes.starts(with: Array("%PDF".utf8)) else { throw Missing("a PDF") }
        return bytes
    }
}
