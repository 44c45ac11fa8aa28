import BrowserKit
import Foundation
import Primitives

/// The folder in which a walk leaves its pictures.
///
/// `NN-name.png` is the window, `NN-name-full.png` the page from top to bottom, `NN-name-large.png`
/// the same in large type, `NN-name.pdf` the page on paper; `axe.json` has for every stop what was
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
        let findings = try await Inspection.look(browser)
        try await browser.setTextSize("large")
        try write(name + "-large.png", try await browser.fullScreenshot())
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
