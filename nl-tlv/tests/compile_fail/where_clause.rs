use nl_tlv::{NlAttrs, NlValue};

#[derive(NlAttrs)]
struct Set<'a>
where
    'a: 'a,
{
    #[nl(attr = 1)]
    name: &'a str,
}

#[derive(NlValue)]
struct Wrapper<T>(T);

fn main() {}
