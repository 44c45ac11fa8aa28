import Primitives

extension Command {
    static let bench = Command(
        ["bench"],
        (
            Phrase(ja: "速さを測る", en: "measure"),
            Example(
                "bench",
                Phrase(ja: "素の暗号処理との比と、1 秒あたりの配達", en: "ratios to bare OpenSSL, deliveries/s")
            )
        ),
        options: [.benchCount, .benchSenders, .benchLeaves, .json]
    ) { invocation, console in
        if let leaves = invocation.number(.benchLeaves) {
            let log = try await LogBench(count: leaves).run(console)
            console.endProgress()
            say(log, console, asJSON: invocation.has(.json))
            return .done
        }
        let seal = try await SealBench().run(console)
        let delivery = try await DeliveryBench(
            count: invocation.number(.benchCount) ?? 300,
            senders: invocation.number(.benchSenders) ?? 8
        ).run(console)
        console.endProgress()
        if invocation.has(.json) {
            console.data([
                "sealMicroseconds": .integer(Int64(seal.seal)),
                "sealFloorMicroseconds": .integer(Int64(seal.sealFloor)),
                "openMicroseconds": .integer(Int64(seal.open)),
                "openFloorMicroseconds": .integer(Int64(seal.openFloor)),
                "deliveries": .integer(Int64(delivery.deliveries)),
                "milliseconds": .integer(Int64(delivery.seconds * 1000)),
                "processorMilliseconds": .integer(Int64(delivery.processorSeconds * 1000)),
            ])
        } else {
            console.data("seal   \(row(seal.seal, seal.sealFloor))")
            console.data("open   \(row(seal.open, seal.openFloor))")
            console.data(
                "deliveries \(delivery.deliveries) in \(tenths(delivery.seconds)) s: "
                    + "\(tenths(delivery.perSecond))/s, "
                    + "\(tenths(delivery.processorPerThousand)) CPU s per 1,000"
            )
        }
        return .done
    }

    private static func say(_ log: LogBench.Figures, _ console: Console, asJSON: Bool) {
        guard !asJSON else {
            var questions = JSONObject()
            for question in log.questions {
                questions[question.name] = .integer(Int64(question.milliseconds))
            }
            console.data([
                "leaves": .integer(Int64(log.leaves)),
                "verifyMilliseconds": .integer(Int64(log.verifySeconds * 1000)),
                "verifyProcessorMilliseconds": .integer(Int64(log.verifyProcessorSeconds * 1000)),
                "verifyKibibytes": .integer(Int64(log.verifyKibibytes)),
                "serviceKibibytes": .integer(Int64(log.serviceKibibytes)),
                "proofMicroseconds": .integer(Int64(log.proofMilliseconds * 1000)),
                "questionMilliseconds": .object(questions),
            ])
            return
        }
        console.data("leaves \(log.leaves)")
        console.data(
            "verify \(tenths(log.verifySeconds)) s, "
                + "\(tenths(log.verifyProcessorSeconds)) CPU s, \(log.verifyKibibytes / 1024) MiB, "
                + "gateway \(log.serviceKibibytes / 1024) MiB"
        )
        console.data("proof  \(hundredths(log.proofMilliseconds)) ms")
        for question in log.questions {
            console.data("\(question.name): \(tenths(question.milliseconds)) ms")
        }
    }

    private static func row(_ own: Double, _ floor: Double) -> String {
        "\(tenths(own)) µs, bare primitives \(tenths(floor)) µs, ratio \(hundredths(own / floor))"
    }

    private static func tenths(_ value: Double) -> String { decimal(Int(value * 10), 1) }
    private static func hundredths(_ value: Double) -> String { decimal(Int(value * 100), 2) }

    private static func decimal(_ value: Int, _ places: Int) -> String {
        let unit = places == 1 ? 10 : 100
        return "\(value / unit)." + Decimal.text(value % unit, width: places)
    }
}

extension Option {
    fileprivate static let benchCount = Option(
        "count",
        "N",
        Phrase(ja: "配達の数（既定 300）", en: "deliveries, default 300"),
        form: .number(1...5000)
    )
    fileprivate static let benchLeaves = Option(
        "log",
        "N",
        Phrase(
            ja: "代わりに、N 件の記録への監査の質問を測る",
            en: "instead, an auditor's questions about a log of N leaves"
        ),
        form: .number(1000...2_000_000)
    )
    fileprivate static let benchSenders = Option(
        "senders",
        "N",
        Phrase(ja: "同時に送る数（既定 8）", en: "senders at once, default 8"),
        form: .number(1...64)
    )
}
