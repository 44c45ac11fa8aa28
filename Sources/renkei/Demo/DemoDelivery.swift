import Primitives

/// A sheet of the story that was delivered.
struct DemoDelivery: Sendable {
    let sheetType: String
    let sender: DemoOffice
    let recipients: [DemoOffice]
    let message: String

    /// One recipient's copy, as the sender knows it in the end.
    struct Copy: Sendable {
        let from: String
        let to: String
        let states: [String]
        let receipts: [JSON]
    }

    /// Waits until the sender has every receipt.
    func settle(on stage: DemoStage) async throws {
        _ = try await stage.until("\(sheetType) is confirmed") {
            let copies = try await track(on: stage)["copies"]?.array ?? []
            let done = copies.filter { copy in
                ["confirmed", "replied"].contains { copy["state"]?.string == $0 }
            }
            return done.count == recipients.count ? true : nil
        }
    }

    func track(on stage: DemoStage) async throws -> JSON {
        try await sender.ask(stage, "track", ["message": .string(message)])
    }

    /// Waits until every receipt is proved by the log of its maker.
    func copies(on stage: DemoStage) async throws -> [Copy] {
        let receipts = try await stage.until("receipts of \(sheetType) are proved") {
            let asked: JSON = ["message": .string(message)]
            let rows = try await sender.ask(stage, "receipts", asked)["receipts"]?.array ?? []
            return rows.allSatisfy { $0["proved"]?.bool == true } && !rows.isEmpty ? rows : nil
        }
        let from = try await sender.ask(stage, "org.show")["memberId"]?.string ?? ""
        let copies = try await track(on: stage)["copies"]?.array ?? []
        return copies.map { copy in
            let to = copy["to"]?.string ?? ""
            let own = receipts.filter { $0["to"]?.string.map { $0 == to } ?? true }
            var states =
                ["queued"]
                + Self.order.filter { state in
                    own.contains { $0["type"]?.string == state }
                }
            if copy["state"]?.string == "replied" { states.append("replied") }
            return Copy(from: from, to: to, states: states, receipts: own)
        }
    }

    private static let order = ["accepted", "delivered", "opened", "confirmed"]
}
