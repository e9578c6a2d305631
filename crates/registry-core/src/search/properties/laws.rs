//! The laws of the evaluator.

use super::*;

fn context(ancestors: &[ModelId]) -> Context<'_> {
    Context {
        now: now(),
        ancestors,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn logic_has_two_values(a in filter(), b in filter(), model in model(), ids in vec(1_i64..6, 0..3)) {
        let ids: Vec<ModelId> = ids.into_iter().map(|id| ModelId::try_from(id).unwrap()).collect();
        let holds = |filter: &Filter| filter.matches(&model, &context(&ids));
        let (left, right) = (holds(&a), holds(&b));
        prop_assert_eq!(holds(&!!a.clone()), left);
        prop_assert_eq!(holds(&!a.clone()), !left);
        prop_assert_eq!(holds(&a.clone().and(b.clone())), left && right);
        prop_assert_eq!(holds(&a.clone().or(b.clone())), left || right);
        prop_assert_eq!(holds(&!(a.clone().and(b.clone()))), holds(&(!a.clone()).or(!b.clone())));
        prop_assert_eq!(holds(&!(a.clone().or(b.clone()))), holds(&(!a).and(!b)));
    }

    #[test]
    fn a_comparison_and_its_opposite(field in field(), literals in any::<prop::sample::Index>(), model in model()) {
        let values = [Literal::Integer(1), Literal::Integer(3), Literal::Text("a".into()), Literal::Text("1.2.0".into()), Literal::Text("2026-01-05".into()), Literal::Text("retired".into())];
        let value = values[literals.index(values.len())].clone();
        let holds = |operator| Test::new(&field, operator, Operand::One(value.clone())).ok().map(|test| test.matches(&model, &context(&[])));
        let exists = Test::new(&field, Operator::Exists, Operand::None).unwrap().matches(&model, &context(&[]));
        let is_set = matches!(field, Field::Set(_) | Field::Ancestor);
        if let (Some(equal), Some(different)) = (holds(Operator::Equal), holds(Operator::NotEqual)) {
            prop_assert!(!(equal && different));
            if is_set {
                prop_assert!(equal || different);
            } else {
                prop_assert!(exists || !(equal || different));
            }
            if let (Some(less), Some(at_most), Some(greater), Some(at_least)) =
                (holds(Operator::Less), holds(Operator::AtMost), holds(Operator::Greater), holds(Operator::AtLeast))
            {
                prop_assert_eq!(at_most, less || equal);
                prop_assert_eq!(at_least, greater || equal);
                prop_assert!(u8::from(less) + u8::from(equal) + u8::from(greater) <= 1);
            }
        }
    }

    #[test]
    fn a_list_is_its_values_one_by_one(field in field(), model in model(), numbers in vec(0_i64..5, 1..4), texts in vec(word(), 1..4)) {
        for literals in [
            numbers.into_iter().map(Literal::Integer).collect::<Vec<_>>(),
            texts.into_iter().map(Literal::Text).collect(),
        ] {
            let single = |operator, literal: &Literal| Test::new(&field, operator, Operand::One(literal.clone()));
            let list = |operator| Test::new(&field, operator, Operand::List(literals.clone()));
            if let (Ok(any), Ok(none)) = (list(Operator::In), list(Operator::NotIn)) {
                let holds = |test: Test| test.matches(&model, &context(&[]));
                prop_assert_eq!(holds(any), literals.iter().any(|literal| holds(single(Operator::Equal, literal).unwrap())));
                prop_assert_eq!(holds(none), literals.iter().all(|literal| holds(single(Operator::NotEqual, literal).unwrap())));
            }
        }
    }

    #[test]
    fn orders_are_total(order in order(), a in model(), b in model(), c in model()) {
        let compare = |left: &Model, right: &Model| order.compare(left, right);
        prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
        prop_assert_eq!(compare(&a, &a), std::cmp::Ordering::Equal);
        if compare(&a, &b).is_eq() {
            prop_assert_eq!(a.id, b.id);
        }
        if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
            prop_assert!(compare(&a, &c).is_le());
        }
    }

    #[test]
    fn what_is_missing_comes_last(sort in sort(), a in model(), b in model()) {
        let order = SortOrder::new(vec![sort.clone()]).unwrap();
        if let (None, Some(_)) = (sort.field.value(&a), sort.field.value(&b)) {
            prop_assert_eq!(order.compare(&a, &b), std::cmp::Ordering::Greater);
        }
    }
}
