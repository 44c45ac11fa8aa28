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
        options: [.benchCount, .benchSenders, .json]
    ) { invocation, console in
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
    fileprivate static let benchSenders = Option(
        "senders",
        "N",
        Phrase(ja: "同時に送る数（既定 8）", en: "senders at once, default 8"),
        form: .number(1...64)
    )
}
