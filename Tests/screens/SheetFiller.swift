import BrowserKit
import Foundation
import Primitives
import TestKit

/// Fills in the page of a draft from a sheet of the demonstration: a field is named for its place
/// in the sheet.
struct SheetFiller {
    /// What is still to be filled in, by the names of fields; several words are boxes to tick.
    private(set) var open: [(name: String, words: [String])] = []
    /// The organisations to send it to, until their page has come.
    private var recipients: [String] = []
    /// Whether a consent is still to be chosen.
    private var wantsConsent = false

    /// What a writer fills in; the rest the office knows.
    private static let parts = [
        "patient", "scene", "sceneExtra", "urgency", "replyExpectation", "replyDueOn", "body",
    ]

    init(demo name: String, without left: Set<String> = []) throws {
        let file = House.demoData.appendingPathComponent(name + ".json")
        let json = try JSON(reading: Array(try Data(contentsOf: file)))
        self.init(json["sheet"] ?? json)
        open.removeAll { item in left.contains { item.name.hasPrefix($0) } }
        // The day of the demonstration has passed.
        let due = "/replyDueOn"
        guard open.contains(where: { $0.name == due }) else { return }
        write(MachineTime().now.dayInJapan.adding(days: 2).description, in: due)
    }

    /// Fields of another form, by their names.
    init(fields: [(name: String, words: [String])]) { open = fields }

    init(_ sheet: JSON) {
        for part in Self.parts {
            if let value = sheet[part] { add(value, "/" + part) }
        }
    }

    private mutating func add(_ json: JSON, _ name: String) {
        switch json {
        case .object(let object):
            for (key, value) in object.members { add(value, name + "/" + key) }
        case .array(let items) where items.allSatisfy({ $0.string != nil }):
            open.append((name, items.compactMap(\.string)))
        case .array(let items):
            for (index, item) in items.enumerated() { add(item, "\(name)/\(index)") }
        case .string(let text): open.append((name, [text]))
        case .integer(let number): open.append((name, [String(number)]))
        case .bool(let value): open.append((name, [value ? "true" : "false"]))
        case .null, .number: break
        }
    }

    /// Puts another text in the place of that of the sheet.
    mutating func write(_ text: String, in name: String) {
        open.removeAll { $0.name == name }
        open.append((name, [text]))
    }

    /// Leaves only what the summary of mistakes asks for, with what belongs to it.
    mutating func keepAskedFor(at desk: Desk) async throws {
        let links = try await desk.browser.run(
            "return [...document.querySelectorAll('#problems a')].map(a => a.hash.slice(2))"
        )
        let asked = (links.array ?? []).compactMap(\.string)
        open.removeAll { item in
            let place = item.name.dropFirst().replacing("/", with: "-")
            return !asked.contains { place == $0 || place.hasPrefix($0 + "-") }
        }
    }

    /// Also ticks recipients, on the page that asks for them.
    mutating func send(to organisations: String...) { recipients = organisations }

    /// Also chooses the first consent on record.
    mutating func consent() { wantsConsent = true }

    /// What the page asks for that only the page knows.
    private mutating func findOnPage(_ desk: Desk) async throws {
        if !recipients.isEmpty, try await desk.browser.has("[name=to]") {
            var members: [String] = []
            for recipient in recipients { members.append(try await Self.member(recipient, desk)) }
            open.append(("to", members))
            recipients = []
        }
        guard wantsConsent, try await desk.browser.has("[name=consent]") else { return }
        let found = try await desk.browser.run(
            "return document.querySelector('[name=consent]')?.value ?? null"
        )
        guard let ground = found.string else { throw Missing("a ground of consent") }
        open.append(("consent", [ground]))
        wantsConsent = false
    }

    private static func member(_ organisation: String, _ desk: Desk) async throws -> String {
        let found = try await desk.browser.run(
            """
            const row = [...document.querySelectorAll('tr')]
              .find(r => r.textContent.includes(arguments[0]) && r.querySelector('[name=to]'))
            return row?.querySelector('[name=to]').value ?? null
            """,
            [.string(organisation)]
        )
        guard let member = found.string else { throw Missing("a recipient \(organisation)") }
        return member
    }

    /// Also chooses the notice in the house as the ground.
    mutating func notice(_ version: String) {
        open += [("consent", ["notice"]), ("notice", [version])]
    }

    private var isDone: Bool { open.isEmpty && recipients.isEmpty && !wantsConsent }

    /// Fills in everything; a list gets its next row when the draft is saved, and a long form has
    /// several pages.
    mutating func fill(at desk: Desk) async throws {
        var turned = 0
        while !isDone {
            try await findOnPage(desk)
            let before = open.count
            switch desk.hands {
            case .mouse: try await fillByMouse(desk.browser)
            case .keyboard: try await fillByKeyboard(desk.browser)
            }
            if open.count < before {
                turned = 0
                if !isDone { try await desk.use("一時保存") }
            } else {
                turned += 1
                let next = try await Self.nextPage(desk.browser)
                guard turned < 40, let next else { throw Missing("fields \(open.map(\.name))") }
                try await desk.use(first: next)
            }
        }
    }

    /// The button of the next step, from the last one of the first; nil on a short form.
    private static func nextPage(_ browser: Browser) async throws -> String? {
        // Behind the last step with fields comes the page for files.
        let next = "button[name=next][value^=\"step:\"]:not([value=\"step:files\"])"
        guard try await !browser.has(next) else { return next }
        let first = "button[name=go][value^=\"step:\"]"
        return try await browser.has(first) ? first : nil
    }

    // MARK: Mouse

    private mutating func fillByMouse(_ browser: Browser) async throws {
        let fields = try await Self.fields(browser)
        open = open.flatMap { item -> [(name: String, words: [String])] in
            // A list of single lines has a field for each.
            guard fields[item.name] == nil, fields[item.name + "/0"] != nil else { return [item] }
            return item.words.enumerated().map { ("\(item.name)/\($0)", [$1]) }
        }
        for item in open {
            switch fields[item.name] {
            case nil: continue
            case "radio", "checkbox":
                for word in item.words {
                    let css = "[name=\"\(item.name)\"][value=\"\(word)\"]"
                    guard let box = try await browser.all(css).first else { throw Missing(css) }
                    if try await !box.isSelected { try await box.click() }
                }
            case "select-one":
                let css = "[name=\"\(item.name)\"] option[value=\"\(item.words[0])\"]"
                try await browser.find(css).click()
            default:
                let field = try await browser.find("[name=\"\(item.name)\"]")
                guard try await field.property("value").string == "" else { continue }
                try await field.type(item.words[0])
            }
        }
        open.removeAll { fields[$0.name] != nil }
    }

    /// The kinds of the fields of the page, by name.
    private static func fields(_ browser: Browser) async throws -> [String: String] {
        let found = try await browser.run(
            "return [...document.querySelectorAll('main [name]')].map(e => [e.name, e.type])"
        )
        let pairs = (found.array ?? []).map { pair in
            (pair.array?.first?.string ?? "", pair.array?.last?.string ?? "")
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Keyboard

    /// What has the focus.
    private struct Place {
        let name: String
        let type: String
        let value: String
        let isChecked: Bool

        init(_ browser: Browser) async throws {
            let found = try await browser.run(
                """
                const e = document.activeElement
                return [e.name ?? '', e.type ?? '', e.value ?? '', e.checked ?? false]
                """
            ).array
            name = found?[0].string ?? ""
            type = found?[1].string ?? ""
            value = found?[2].string ?? ""
            isChecked = found?[3].bool ?? false
        }
    }

    /// One way through the page by Tab.
    private mutating func fillByKeyboard(_ browser: Browser) async throws {
        for _ in 0..<1000 {
            try await browser.press(.tab)
            let place = try await Place(browser)
            // The button at the end.
            if place.name == "next" { return }
            let isRow = { (item: (name: String, words: [String])) in
                place.name.hasPrefix(item.name + "/")
                    && !place.name.dropFirst(item.name.count + 1)
                        .contains("/")
            }
            if let row = open.firstIndex(where: isRow) {
                let item = open.remove(at: row)
                open += item.words.enumerated().map { ("\(item.name)/\($0)", [$1]) }
            }
            guard let index = open.firstIndex(where: { $0.name == place.name }) else { continue }
            try await enter(open[index].words, at: place, browser)
            if place.type != "checkbox" || open[index].words.last == place.value {
                open.remove(at: index)
            }
        }
        throw Missing("the end of the page")
    }

    private func enter(_ words: [String], at place: Place, _ browser: Browser) async throws {
        switch place.type {
        case "checkbox":
            if words.contains(place.value), !place.isChecked { try await browser.press(.space) }
        case "radio", "select-one":
            if place.type == "radio", place.value == words[0], !place.isChecked {
                return try await browser.press(.space)
            }
            for _ in 0..<100 {
                if try await Place(browser).value == words[0] { return }
                try await browser.press(.down)
            }
            throw Missing("a choice \(words[0]) of \(place.name)")
        default: if place.value.isEmpty { try await browser.type(words[0]) }
        }
    }
}
