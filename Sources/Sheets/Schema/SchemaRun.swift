import Primitives

/// One validation under way: the place in the instance, the scope, and what was found so far.
struct SchemaRun {
    private(set) var problems: [SchemaProblem] = []
    private(set) var annotations: [SchemaAnnotation] = []
    private let nodes: [SchemaNode]
    private let resources: [SchemaResource]
    private let collected: Set<ByteText>
    private var path: [Step] = []
    /// The resources entered, outermost first: the dynamic scope (Core §7.1).
    private var scope: [Int] = []

    private enum Step {
        case member(String)
        case element(Int)
    }

    init(_ nodes: [SchemaNode], _ resources: [SchemaResource], collecting collected: Set<ByteText>)
    {
        self.nodes = nodes
        self.resources = resources
        self.collected = collected
    }

    /// Applies a schema to the value at the current place.
    mutating func evaluate(_ index: SchemaIndex, _ instance: JSON) -> SchemaVerdict {
        let node = nodes[index.position]
        var verdict = SchemaVerdict()
        if node.isFalse {
            let site = KeywordSite(name: "false", location: node.location, value: false)
            fail(&verdict, site)
        }
        let isEntering = scope.last != node.resource
        if isEntering { scope.append(node.resource) }
        for keyword in node.keywords { keyword.apply(to: instance, &self, &verdict) }
        if isEntering { scope.removeLast() }
        return verdict
    }

    /// Applies a schema as one of several alternatives: its problems stay unsaid.
    mutating func probe(_ index: SchemaIndex, _ instance: JSON) -> SchemaVerdict {
        let (problemCount, annotationCount) = (problems.count, annotations.count)
        let verdict = evaluate(index, instance)
        problems.removeSubrange(problemCount...)
        if !verdict.isValid { annotations.removeSubrange(annotationCount...) }
        return verdict
    }

    /// Applies a schema to an element of the array at the current place.
    mutating func evaluate(_ index: SchemaIndex, _ element: JSON, at position: Int) -> Bool {
        path.append(.element(position))
        defer { path.removeLast() }
        return evaluate(index, element).isValid
    }

    mutating func probe(_ index: SchemaIndex, _ element: JSON, at position: Int) -> Bool {
        path.append(.element(position))
        defer { path.removeLast() }
        return probe(index, element).isValid
    }

    /// Applies a schema to a member of the object at the current place. Under the schema `false`
    /// the member itself is the problem, and the object its place.
    mutating func evaluate(
        _ index: SchemaIndex,
        _ value: JSON,
        member name: String,
        _ site: KeywordSite
    ) -> Bool {
        guard !nodes[index.position].isFalse else {
            report(site, member: name)
            return false
        }
        path.append(.member(name))
        defer { path.removeLast() }
        return evaluate(index, value).isValid
    }

    /// Reports a keyword as not satisfied at the current place.
    mutating func fail(
        _ verdict: inout SchemaVerdict,
        _ site: KeywordSite,
        member: String? = nil
    ) {
        verdict.isValid = false
        report(site, member: member)
    }

    mutating func annotate(_ site: KeywordSite) {
        guard collected.contains(ByteText(site.name)) else { return }
        annotations.append(
            SchemaAnnotation(
                instance: pointer,
                keyword: site.name,
                schema: site.location,
                value: site.value
            )
        )
    }

    /// The schema a `$dynamicRef` means here: the outermost of that name in the dynamic scope.
    func dynamicTarget(_ name: ByteText) -> SchemaIndex? {
        for resource in scope {
            if let target = resources[resource].dynamicAnchors[name] { return target }
        }
        return nil
    }

    private mutating func report(_ site: KeywordSite, member: String?) {
        problems.append(
            SchemaProblem(
                instance: pointer,
                keyword: site.name,
                schema: site.location,
                detail: site.value,
                member: member
            )
        )
    }

    private var pointer: JSONPointer {
        JSONPointer(
            tokens: path.map { step in
                switch step {
                case .member(let name): name
                case .element(let position): String(position)
                }
            }
        )
    }
}

/// Whether a schema holds, and which members or elements of its instance were looked at.
struct SchemaVerdict {
    var isValid = true
    var marks = SchemaMarks()

    /// Takes over the verdict of a subschema that must hold too.
    mutating func join(_ other: SchemaVerdict) {
        isValid = isValid && other.isValid
        marks.formUnion(other.marks)
    }
}

/// Positions of members or elements that were looked at (Core §11).
struct SchemaMarks {
    private var words: [UInt64] = []

    mutating func insert(_ position: Int) {
        let word = position / 64
        if word >= words.count {
            words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
        }
        words[word] |= 1 << UInt64(position % 64)
    }

    func contains(_ position: Int) -> Bool {
        position / 64 < words.count && words[position / 64] & 1 << UInt64(position % 64) != 0
    }

    mutating func formUnion(_ other: SchemaMarks) {
        if words.isEmpty {
            words = other.words
            return
        }
        if words.count < other.words.count {
            words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
        }
        for (index, word) in other.words.enumerated() { words[index] |= word }
    }
}
