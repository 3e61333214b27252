const list = document.querySelector('#todos');
const { todos } = await (await fetch('http://localhost:4000/api/todos')).json();
for (const todo of todos) {
  const item = document.createElement('li');
  item.textContent = `${todo.completed ? '✓' : '·'} ${todo.title}`;
  list.append(item);
}
